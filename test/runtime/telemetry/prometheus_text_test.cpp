#include "runtime/telemetry/prometheus_text.hpp"

#include "test/runtime/telemetry/exposition.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::runtime;
using ars::test::read_exposition;

namespace {

// Labels for a row, as its count of them asks.
std::vector<std::string> labels_for(const MetricRow& row, const std::string& value) {
  if (row.labels.empty()) return {};
  const auto spaces = std::count(row.labels.begin(), row.labels.end(), ' ');
  return std::vector<std::string>(static_cast<std::size_t>(spaces) + 1, value);
}

void touch(Registry& registry, const MetricRow& row, const std::string& label, double value) {
  const auto labels = labels_for(row, label);
  switch (row.kind) {
    case MetricKind::counter:
      registry.counter(row.name, labels).add(value);
      break;
    case MetricKind::gauge:
      registry.gauge(row.name, labels).set(value);
      break;
    case MetricKind::histogram:
      registry.histogram(row.name, labels).observe(value);
      break;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_prometheus_text)

BOOST_AUTO_TEST_CASE(an_empty_registry_is_valid_text_with_every_family_and_no_sample) {
  const Registry registry;

  const auto read = read_exposition(prometheus_text(registry));

  BOOST_TEST(read.problems == std::vector<std::string>{}, boost::test_tools::per_element());
  BOOST_TEST(read.families.size() == metric_rows().size());
  BOOST_TEST(read.samples.empty());
}

BOOST_AUTO_TEST_CASE(every_kind_of_row_is_valid_text_under_any_label_and_value) {
  const std::vector<std::string> hostile = {"plain",       "",       "quote\"",       "back\\slash",
                                            "line\nbreak", "brace}", "comma,equals=", "\xc3\xa4"};
  Registry registry;
  for (const auto& row : metric_rows()) {
    for (const auto& label : hostile)
      touch(registry, row, label, 0.75);
    touch(registry, row, "large", 1e15);
    touch(registry, row, "small", 1e-9);
  }

  const auto read = read_exposition(prometheus_text(registry));

  BOOST_TEST(read.problems == std::vector<std::string>{}, boost::test_tools::per_element());
  for (const auto& row : metric_rows())
    BOOST_TEST(read.sampled(std::string(row.name)), row.name);
  for (const auto& label : hostile) {
    BOOST_TEST(read.value("ars_serving_fallback_total", {{"reason", label}}).value_or(0) == 0.75,
               label);
  }
}

BOOST_AUTO_TEST_CASE(the_reader_of_these_tests_sees_what_is_wrong) {
  const std::string head = "# HELP a_total Help.\n# TYPE a_total counter\n";

  BOOST_TEST(read_exposition(head + "a_total 1\n").problems.empty());
  for (const auto* wrong :
       {"a_total one\n", "a_total{x=1} 1\n", "a_total{x=\"1} 1\n", "b_total 1\n", "a_total\n",
        "a_total 1", "a_total 1\na_total 2\n", "a_total{x=\"\\q\"} 1\n", "# TYPE a_total gauge\n",
        "# HINT a_total x\n"}) {
    BOOST_TEST(!read_exposition(head + wrong).problems.empty(), wrong);
  }
  const std::string buckets = "# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"1\"} ";
  BOOST_TEST(read_exposition(buckets + "1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n")
                 .problems.empty());
  BOOST_TEST(!read_exposition(buckets + "3\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n")
                  .problems.empty());
  BOOST_TEST(!read_exposition(buckets + "1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 3\n")
                  .problems.empty());
}

BOOST_AUTO_TEST_SUITE_END()
