#include "bench/harness.hpp"

#include "bench/subjects/catalog.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace ars;
using namespace ars::bench;

BOOST_AUTO_TEST_SUITE(bench_harness)

BOOST_AUTO_TEST_CASE(a_ratio_is_higher_where_ours_is_better) {
  Row row;
  row.ours = 50;
  row.anchor_value = 100;

  judge(row, Better::more, {});
  BOOST_TEST(row.ratio.value() == 0.5);
  judge(row, Better::less, {});
  BOOST_TEST(row.ratio.value() == 2.0);
  BOOST_TEST(!row.kept.has_value());
}

BOOST_AUTO_TEST_CASE(only_a_figure_that_was_taken_can_be_missed) {
  Report report;
  Row& row = report.rows.emplace_back();

  judge(row, Better::more, {Judged::ratio_at_least, 0.8});
  BOOST_TEST(!row.kept.has_value());
  BOOST_TEST(!report.missed());

  row.ours = 79;
  row.anchor_value = 100;
  judge(row, Better::more, {Judged::ratio_at_least, 0.8});
  BOOST_TEST((row.kept == false));
  BOOST_TEST(report.missed());

  row.ours = 80;
  judge(row, Better::more, {Judged::ratio_at_least, 0.8});
  BOOST_TEST(!report.missed());
}

BOOST_AUTO_TEST_CASE(a_value_without_an_anchor_is_judged_by_itself) {
  Row row;
  row.ours = 20.5;

  judge(row, Better::less, {Judged::value_at_most, 20});

  BOOST_TEST(!row.ratio.has_value());
  BOOST_TEST((row.kept == false));
}

BOOST_AUTO_TEST_CASE(sides_run_in_turn_and_give_their_medians) {
  std::string order;
  int left = 0;
  int right = 0;
  const auto taken = interleave({}, 3,
                                {[&]() -> Result<double> {
                                   order += 'l';
                                   return 10.0 * ++left;
                                 },
                                 [&]() -> Result<double> {
                                   order += 'r';
                                   return 100.0 * ++right;
                                 }});

  BOOST_TEST(order == "lrrllr");
  BOOST_TEST(taken.value().at(0) == 20.0);
  BOOST_TEST(taken.value().at(1) == 200.0);
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_measurement) {
  Setting setting;
  setting.interrupted = [] { return true; };

  const auto taken = interleave(setting, 3, {[]() -> Result<double> { return 1.0; }});

  BOOST_TEST((taken.error().code == Errc::stopping));
}

BOOST_AUTO_TEST_CASE(the_catalogue_has_every_row_of_the_protocol_once) {
  std::set<std::string_view> names;
  for (const auto& subject : subjects)
    names.insert(subject.name);

  BOOST_TEST(names.size() == subjects.size());
  const std::set<std::string_view> wanted{"append",          "fold",
                                          "publish",         "consume",
                                          "actor_hop",       "request_p99_100",
                                          "request_p99_500", "request_p99_2000",
                                          "rss_demo"};
  BOOST_TEST((names == wanted));
}

Result<Row> slow(Workshop&) {
  Row row;
  row.ours = 79;
  row.anchor_value = 100;
  return row;
}
Result<Row> absent(Workshop&) { return fail(Errc::unsupported, "no Java here"); }
Result<Row> broken(Workshop&) { return fail(Errc::corrupt, "other bytes came back"); }

Subject subject(std::string_view name, Result<Row> (*measure)(Workshop&)) {
  return {name,
          "group",
          "says",
          "events/s",
          "the library",
          Better::more,
          {Judged::ratio_at_least, 0.8},
          measure};
}

Report run_of(const std::vector<Subject>& from) {
  Setting setting;
  setting.seconds = 0.02;
  setting.scratch = std::filesystem::temp_directory_path() / "ars-bench-harness-test";
  setting.say = [](const std::string&) {};
  return run_bench(setting, "all", from).value();
}

BOOST_AUTO_TEST_CASE(a_figure_below_its_bound_is_missed) {
  const auto report = run_of({subject("slow", &slow)});

  BOOST_TEST(report.missed());
  BOOST_TEST(report.rows.at(0).ratio.value() == 0.79);
}

BOOST_AUTO_TEST_CASE(a_figure_that_cannot_be_taken_here_is_null_and_says_why) {
  const auto report = run_of({subject("absent", &absent)});

  BOOST_TEST(!report.missed());
  BOOST_TEST(!report.failure.has_value());
  BOOST_TEST(!report.rows.at(0).ours.has_value());
  BOOST_TEST(!report.rows.at(0).ratio.has_value());
  BOOST_TEST(report.rows.at(0).limited_by == "no Java here");
}

BOOST_AUTO_TEST_CASE(a_measurement_that_breaks_fails_the_run_and_spares_the_others) {
  const auto report = run_of({subject("broken", &broken), subject("slow", &slow)});

  BOOST_TEST((report.failure.value().code == Errc::corrupt));
  BOOST_TEST(report.rows.size() == 2u);
  BOOST_TEST(report.rows.at(1).ours.value() == 79.0);
}

BOOST_AUTO_TEST_CASE(the_machine_is_measured_before_anything_else) {
  const auto report = run_of({subject("absent", &absent)});

  BOOST_TEST(report.machine.disk_syncs_per_second > 0);
  BOOST_TEST(report.machine.hashed_mb_per_second > 0);
  BOOST_TEST(report.machine.copied_mb_per_second > 0);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_row_and_no_group_is_refused) {
  Setting setting;
  setting.scratch = std::filesystem::temp_directory_path() / "ars-bench-none";

  BOOST_TEST((run_bench(setting, "speed").error().code == Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()
