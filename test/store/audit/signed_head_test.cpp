#include "store/audit/signed_head.hpp"

#include "store/audit/head_file.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

namespace {
const store::Head head{{store::Topic::evt, 3}, Offset(1041), sha256("chain")};
store::SigningKey key() { return store::SigningKey::from_seed(sha256("seed")); }
}  // namespace

BOOST_AUTO_TEST_SUITE(audit_signed_head)

BOOST_AUTO_TEST_CASE(signature_holds_for_this_text_and_key_alone) {
  const auto signature = key().sign("text");

  BOOST_TEST(store::signature_holds(key().public_key(), "text", signature));
  BOOST_TEST(!store::signature_holds(key().public_key(), "Text", signature));
  const auto other = store::SigningKey::from_seed(sha256("other"));
  BOOST_TEST(!store::signature_holds(other.public_key(), "text", signature));
  BOOST_TEST(!store::signature_holds(key().public_key(), "text", ByteSpan(signature).first(63)));
  BOOST_TEST((must(store::SigningKey::random_seed()) != must(store::SigningKey::random_seed())));
}

BOOST_AUTO_TEST_CASE(published_head_names_its_stream) {
  auto published = store::sign_head(cluster_of(), head, key());

  BOOST_TEST(published.origin == "ars/00000000000000000000000000000007/1.evt.3");
  BOOST_TEST(store::head_holds(published, key().public_key()));
  published.next = Offset(1042);
  BOOST_TEST(!store::head_holds(published, key().public_key()));
}

BOOST_AUTO_TEST_SUITE_END()
