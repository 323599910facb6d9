#include "cli/bench_report.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace ars;
using namespace ars::cli;

namespace {

bench::Report report_with(double ours) {
  bench::Report out;
  out.machine.cores = 2;
  auto& row = out.rows.emplace_back();
  row.name = "append";
  row.ours = ours;
  row.anchor = "raw RocksDB";
  row.anchor_value = 100;
  row.unit = "events/s";
  row.limited_by = "the disk";
  bench::judge(row, bench::Better::more, {bench::Judged::ratio_at_least, 0.8});
  auto& missing = out.rows.emplace_back();
  missing.name = "publish";
  missing.limited_by = "no Java here";
  bench::judge(missing, bench::Better::more, {bench::Judged::ratio_at_least, 0.8});
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_bench_report)

BOOST_AUTO_TEST_CASE(a_threshold_taken_and_missed_is_99_and_nothing_else_is) {
  BOOST_CHECK(bench_end(report_with(79)).value() == ExitCode::threshold_missed);
  BOOST_TEST(static_cast<int>(ExitCode::threshold_missed) == 99);
  BOOST_CHECK(bench_end(report_with(80)).value() == ExitCode::done);
  auto broken = report_with(79);
  broken.failure = Error{Errc::unavailable, "the disk is full"};
  BOOST_CHECK(bench_end(broken).error().code == Errc::unavailable);
}

BOOST_AUTO_TEST_CASE(json_has_a_row_for_each_figure_and_null_where_nothing_was_taken) {
  const auto read = nlohmann::json::parse(bench_json(report_with(79)));

  BOOST_TEST(read["machine"]["cores"].get<int>() == 2);
  const auto& taken = read["rows"][0];
  BOOST_TEST(taken["name"].get<std::string>() == "append");
  BOOST_TEST(taken["ours"].get<double>() == 79);
  BOOST_TEST(taken["anchor"].get<std::string>() == "raw RocksDB");
  BOOST_TEST(taken["anchor_value"].get<double>() == 100);
  BOOST_TEST(taken["unit"].get<std::string>() == "events/s");
  BOOST_TEST(taken["ratio"].get<double>() == 0.79);
  const auto& missing = read["rows"][1];
  for (const auto* field : {"ours", "anchor", "anchor_value", "ratio", "kept"})
    BOOST_TEST(missing[field].is_null(), field);
  BOOST_TEST(missing["limited_by"].get<std::string>() == "no Java here");
}

BOOST_AUTO_TEST_CASE(text_names_what_was_missed) {
  const auto text = bench_text(report_with(79));

  BOOST_TEST(text.find("MISSED") != std::string::npos);
  BOOST_TEST(text.find("limited by: no Java here") != std::string::npos);
  BOOST_TEST(bench_text(report_with(80)).find("MISSED") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
