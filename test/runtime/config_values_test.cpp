#include "runtime/config_values.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::runtime;

BOOST_AUTO_TEST_SUITE(runtime_config_values)

BOOST_AUTO_TEST_CASE(durations_are_read_exactly) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"20ms", 20'000'000},
      {"24h", 86'400'000'000'000},
      {"7d", 604'800'000'000'000},
      {"1.5s", 1'500'000'000},
      {"0s", 0},
      {"250us", 250'000},
      {"9007199254740993ns", 9'007'199'254'740'993}};
  for (const auto& [text, ns] : cases) {
    BOOST_TEST(duration_from_text(text).value().ns() == ns, text);
    BOOST_TEST(duration_from_text(duration_text(Duration(ns))).value().ns() == ns, text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_duration_is_refused) {
  for (const auto* text : {"", "20", "ms", "-1s", "1 s", "1.2.3s", "1sec", "1e3s", "999999999d"}) {
    BOOST_TEST(duration_from_text(text).has_error(), text);
  }
}

BOOST_AUTO_TEST_CASE(sizes_are_read_exactly) {
  const std::pair<const char*, std::uint64_t> cases[] = {
      {"64MiB", 64u << 20}, {"10GB", 10'000'000'000}, {"512B", 512}, {"1.5KiB", 1536}, {"0B", 0}};
  for (const auto& [text, bytes] : cases) {
    BOOST_TEST(size_from_text(text).value().value() == bytes, text);
    BOOST_TEST(size_from_text(size_text(ByteSize(bytes))).value().value() == bytes, text);
  }
  for (const auto* text : {"", "64", "64mib", "-1B", "99999999TiB"}) {
    BOOST_TEST(size_from_text(text).has_error(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_refused_value_leaves_the_old_one) {
  std::uint64_t value = 7;

  BOOST_TEST(assign_value(Slot(&value), {1, 10, {}}, std::int64_t{11}).has_error());
  BOOST_TEST(assign_value(Slot(&value), {1, 10, {}}, std::int64_t{-1}).has_error());

  BOOST_TEST(value == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
