#include "runtime/replay/verdict.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace {

using namespace ars;
using namespace ars::runtime;

events::SlateServed slate() {
  events::SlateServed out;
  out.segment = "night";
  out.items.resize(2);
  out.items[1].item_id = "b";
  out.items[1].score = 0.25F;
  out.items[1].propensity = 0.5;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_verdict)

BOOST_AUTO_TEST_CASE(equal_values_are_exact) {
  const auto compared = compare_payloads(slate(), slate());

  BOOST_CHECK(compared.verdict == Verdict::exact);
  BOOST_TEST(compared.field.empty());
}

BOOST_AUTO_TEST_CASE(the_last_bits_of_a_float_are_equivalent) {
  auto other = slate();
  other.items[1].score = 0.2500009F;

  const auto compared = compare_payloads(slate(), other);

  BOOST_CHECK(compared.verdict == Verdict::equivalent);
  BOOST_TEST(compared.field == "items[1].score");
}

BOOST_AUTO_TEST_CASE(another_item_diverges_and_is_named_past_a_close_float) {
  auto other = slate();
  other.items[0].score = 1e-8F;
  other.items[1].item_id = "c";

  const auto compared = compare_payloads(slate(), other);

  BOOST_CHECK(compared.verdict == Verdict::diverged);
  BOOST_TEST(compared.field == "items[1].item_id");
  BOOST_TEST(compared.recorded == "b");
  BOOST_TEST(compared.recomputed == "c");
}

BOOST_AUTO_TEST_CASE(lengths_types_ids_and_nan_diverge) {
  auto shorter = slate();
  shorter.items.pop_back();
  BOOST_TEST(compare_payloads(slate(), shorter).recomputed == "1 elements");

  BOOST_TEST(compare_payloads(slate(), events::Scored{}).field == "type");

  events::Scored a;
  events::Scored b;
  b.weights[31] = 7;
  BOOST_TEST(compare_payloads(a, b).field == "weights");

  a = b = {};
  a.scores = {std::numeric_limits<float>::quiet_NaN()};
  b.scores = {1.0F};
  BOOST_CHECK(compare_payloads(a, b).verdict == Verdict::diverged);
  BOOST_CHECK(compare_payloads(a, a).verdict == Verdict::exact);
}

BOOST_AUTO_TEST_SUITE_END()
