#include "store/audit/head_file.hpp"

#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

namespace {
const store::Head evt{{store::Topic::evt, 3}, Offset(1041), sha256("a")};
const store::Head ctl{{store::Topic::ctl, 0}, Offset(7), sha256("b")};
store::SigningKey key() { return store::SigningKey::from_seed(sha256("seed")); }
}  // namespace

BOOST_AUTO_TEST_SUITE(audit_head_file)

BOOST_AUTO_TEST_CASE(head_file_reads_back_and_every_flip_shows) {
  const auto text = store::head_file_text({cluster_of(), key().public_key(), {evt, ctl}}, key());

  const auto file = must(store::head_file_from_text(text));

  BOOST_TEST((file.heads == std::vector<store::Head>{evt, ctl}));
  BOOST_TEST((file.cluster == cluster_of()));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char bit : {'\x01', '\x20'}) {
      auto flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ bit);
      BOOST_TEST(store::head_file_from_text(flipped).has_error(), "byte " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(newest_intact_slot_of_a_tail_counts) {
  std::string file(2 * store::tail_slot_bytes, '\0');
  const auto put = [&](std::uint64_t counter, const std::vector<store::Head>& heads) {
    const auto bytes = store::tail_slot_bytes_of({counter, heads});
    file.replace((counter % 2) * store::tail_slot_bytes, bytes.size(), bytes);
  };
  BOOST_TEST(!store::newest_tail(file).has_value());
  put(1, {ctl});
  put(2, {evt, ctl});
  BOOST_TEST((store::newest_tail(file)->heads == std::vector<store::Head>{evt, ctl}));

  file[30] = static_cast<char>(file[30] ^ 1);

  BOOST_REQUIRE(store::newest_tail(file).has_value());
  BOOST_TEST(store::newest_tail(file)->counter == 1u);
  BOOST_TEST(!store::newest_tail("").has_value());
}

BOOST_AUTO_TEST_CASE(further_head_of_each_stream_is_the_newest) {
  auto later = evt;
  later.next = Offset(2000);

  const auto newest = store::newest_heads({evt}, {ctl, later});

  BOOST_TEST((newest == std::vector<store::Head>{later, ctl}));
  BOOST_TEST((store::newest_heads({later}, {evt}) == std::vector<store::Head>{later}));
}

BOOST_AUTO_TEST_CASE(seal_reads_back_with_its_key_alone) {
  const store::Seal seal{
      cluster_of(),
      {{"db/000012.sst", 5, "crc32c:01020304", "log", {evt.stream, Offset(3)}, 9},
       {"db/CURRENT", 16, "sha256:00", "-", {{}, Offset(0)}, 0}}};
  const auto text = store::seal_text(seal, key());

  const auto read = must(store::seal_from_text(text, key().public_key()));

  BOOST_TEST((read.files == seal.files));
  const auto other = store::SigningKey::from_seed(sha256("other"));
  refused(store::seal_from_text(text, other.public_key()), Errc::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
