#include "store/rocksdb/key_layout.hpp"

#include "test/contract/store/log_events.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace ars;
namespace keys = store::keys;

BOOST_AUTO_TEST_SUITE(rocksdb_key_layout)

BOOST_AUTO_TEST_CASE(byte_order_of_pointers_is_their_order) {
  std::vector<store::Pointer> pointers;
  for (const auto topic : {store::Topic::evt, store::Topic::fb, store::Topic::ctl}) {
    for (const auto partition : std::vector<std::uint16_t>{0, 1, 255, 256, 65535}) {
      for (const std::uint64_t offset : {0ull, 1ull, 255ull, 256ull, 1ull << 40, ~0ull}) {
        pointers.push_back({{topic, partition}, Offset(offset)});
      }
    }
  }
  std::sort(pointers.begin(), pointers.end());

  for (std::size_t i = 0; i < pointers.size(); ++i) {
    const auto key = keys::pointer(pointers[i]);
    BOOST_TEST((keys::pointer_of(keys::text(key)) == pointers[i]));
    if (i == 0) continue;
    const auto before = keys::pointer(pointers[i - 1]);
    BOOST_TEST((std::string(keys::text(before)) < std::string(keys::text(key))));
  }
}

BOOST_AUTO_TEST_CASE(end_of_a_stream_lies_above_all_its_keys) {
  for (const auto partition : std::vector<std::uint16_t>{0, 255, 65535}) {
    const store::Stream stream{store::Topic::evt, partition};
    const auto last = keys::pointer({stream, Offset(~0ull)});
    const auto next = keys::pointer({{store::Topic::cmd, 0}, Offset(0)});

    BOOST_TEST((keys::stream_end(stream) > std::string(keys::text(last))));
    BOOST_TEST((keys::stream_end(stream) <= std::string(keys::text(next))));
  }
  BOOST_TEST(keys::prefix_end(std::string("a\xff\xff")) == "b");
  BOOST_TEST(keys::prefix_end("\xff").empty());
}

BOOST_AUTO_TEST_CASE(other_bytes_are_no_pointer) {
  BOOST_TEST(!keys::pointer_of("").has_value());
  BOOST_TEST(!keys::pointer_of("elevenbytes").has_value());
  BOOST_TEST(!keys::pointer_of(std::string(12, '\x09')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
