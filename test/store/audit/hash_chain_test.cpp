#include "store/event_log.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

BOOST_AUTO_TEST_SUITE(audit_hash_chain)

BOOST_AUTO_TEST_CASE(chain_meets_the_published_vectors) {
  const store::Stream evt0{store::Topic::evt, 0};

  const auto genesis = store::chain_genesis(ClusterId{}, evt0);
  const auto next = store::chain_next(genesis, Offset(0), sha256(""));

  BOOST_TEST(to_hex(ByteSpan(genesis)) ==
             "fd2ab8f7f88d4eeb2949d39320b148527f1e7c97adea2fe816acbcd85d12743b");
  BOOST_TEST(to_hex(ByteSpan(next)) ==
             "c1d8c189814a01b9cc7d775d8015ff5b3d79a01e8f89052caf88c0fd9e4d1619");
}

BOOST_AUTO_TEST_CASE(log_head_does_not_depend_on_the_order_of_heads) {
  const store::Head a{{store::Topic::evt, 0}, Offset(3), sha256("a")};
  const store::Head b{{store::Topic::ctl, 0}, Offset(1), sha256("b")};
  auto other = b;
  other.next = Offset(2);

  BOOST_TEST((store::log_head({a, b}) == store::log_head({b, a})));
  BOOST_TEST((store::log_head({a, b}) != store::log_head({a})));
  BOOST_TEST((store::log_head({a, b}) != store::log_head({a, other})));
}

BOOST_AUTO_TEST_SUITE_END()
