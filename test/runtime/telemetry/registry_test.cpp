#include "runtime/telemetry/registry.hpp"

#include "events/base/check.hpp"
#include "runtime/limits.hpp"
#include "runtime/telemetry/prometheus_text.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

using namespace ars;
using namespace ars::runtime;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_registry)

BOOST_AUTO_TEST_CASE(what_is_counted_is_served_with_its_help) {
  Registry registry;

  registry.counter("ars_log_appended_events_total", {"ars.slate.served"}).add(3);
  registry.gauge("ars_log_next_offset", {"evt", "0"}).set(42);
  registry.histogram("ars_log_append_duration_seconds").observe(0.003);

  const auto text = prometheus_text(registry);
  BOOST_TEST(has_line(text,
                      "# HELP ars_log_appended_events_total Events made durable in the log of the "
                      "partition."));
  BOOST_TEST(has_line(text, "# TYPE ars_log_appended_events_total counter"));
  BOOST_TEST(has_line(text, "ars_log_appended_events_total{type=\"ars.slate.served\"} 3"));
  BOOST_TEST(has_line(text, "ars_log_next_offset{partition=\"0\",topic=\"evt\"} 42"));
  BOOST_TEST(has_line(text, "ars_log_append_duration_seconds_bucket{le=\"0.002\"} 0"));
  BOOST_TEST(has_line(text, "ars_log_append_duration_seconds_bucket{le=\"0.005\"} 1"));
}

BOOST_AUTO_TEST_CASE(equal_labels_share_one_series_from_any_thread) {
  Registry registry;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i)
          registry.counter("ars_dead_letters_total").add();
      });
    }
  }

  BOOST_TEST(has_line(prometheus_text(registry), "ars_dead_letters_total 4000"));
}

BOOST_AUTO_TEST_CASE(a_removed_series_is_served_no_more) {
  Registry registry;
  registry.gauge("ars_credit_estimate", {"recall/a", "clicks"}).set(0.5);
  registry.gauge("ars_credit_estimate", {"recall/b", "clicks"}).set(0.25);

  registry.remove("ars_credit_estimate", {"recall/a", "clicks"});
  registry.remove("ars_credit_estimate", {"never", "clicks"});

  const auto text = prometheus_text(registry);
  BOOST_TEST(text.find("recall/a") == std::string::npos);
  BOOST_TEST(has_line(text, "ars_credit_estimate{agent=\"recall/b\",objective=\"clicks\"} 0.25"));
}

BOOST_AUTO_TEST_CASE(series_are_bounded) {
  Registry registry;
  for (std::size_t i = 0; i < limits::metric_series_max + 10; ++i) {
    registry.counter("ars_serving_fallback_total", {std::to_string(i)}).add();
  }

  const auto text = prometheus_text(registry);
  BOOST_TEST(has_line(text, "ars_serving_fallback_total{reason=\"other\"} 10"));
  BOOST_TEST(text.find("reason=\"505\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_kind_or_label_that_is_not_in_the_table_is_our_bug) {
  Registry registry;
  const StepGuard guard;

  BOOST_CHECK_THROW(registry.counter("ars_no_such_total"), StepFailure);
  BOOST_CHECK_THROW(registry.gauge("ars_dead_letters_total"), StepFailure);
  BOOST_CHECK_THROW(registry.gauge("ars_log_next_offset", {"evt"}), StepFailure);
}

BOOST_AUTO_TEST_CASE(the_table_follows_the_naming_rules) {
  std::set<std::string_view> names;
  for (const auto& row : metric_rows()) {
    BOOST_TEST(names.insert(row.name).second, row.name);
    BOOST_TEST(row.name.starts_with("ars_"), row.name);
    BOOST_TEST(row.name.ends_with("_total") == (row.kind == MetricKind::counter), row.name);
    BOOST_TEST(row.help.ends_with("."), row.name);
  }
}

BOOST_AUTO_TEST_CASE(every_row_is_served_in_the_order_of_the_table_also_without_a_series) {
  Registry registry;
  registry.counter("ars_dead_letters_total").add();

  std::vector<std::string> served;
  std::istringstream lines(prometheus_text(registry));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) served.push_back(line.substr(7, line.find(' ', 7) - 7));
  }

  std::vector<std::string> table;
  for (const auto& row : metric_rows())
    table.emplace_back(row.name);
  BOOST_TEST(served == table, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_reference_page_is_what_the_table_says) {
  std::ifstream page(ARS_SOURCE_DIR "/docs/telemetry.md");
  std::stringstream text;
  text << page.rdbuf();

  BOOST_TEST(text.str() == telemetry_reference(), "store this as docs/telemetry.md:\n"
                                                      << telemetry_reference());
}

BOOST_AUTO_TEST_SUITE_END()
