#include "cli/trainer.hpp"

#include "events/base/hash.hpp"
#include "model/training/dataset.hpp"
#include "model/training/job.hpp"
#include "test/model/torch/synthetic.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace ars;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, ByteSpan bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// A job directory that goes away with the test.
struct JobDirectory {
  JobDirectory() {
    std::string pattern = (fs::temp_directory_path() / "ars-trainer-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~JobDirectory() { fs::remove_all(path); }
  fs::path path;
};

model::TrainJob write_job(const fs::path& directory, std::size_t count = 1500) {
  model::TrainJob job;
  job.job = 12;
  job.columns = test::synthetic_columns();
  const auto rows = model::dataset_bytes(job.columns, test::synthetic_rows(count, 4));
  job.rows_sha256 = sha256(rows);
  model::TrainSpec spec;
  spec.seed = 3;
  spec.batch_rows = 64;
  spec.report_every_steps = 5;
  spec.architecture = print_graph(model::zoo::logistic_regression(test::synthetic_features()));
  job.arms.push_back({"base", spec});
  spec.architecture =
      print_graph(model::zoo::deep_fm(test::synthetic_features(), {.dropout = 0.1}));
  job.arms.push_back({"variant", spec});
  write(directory / model::rows_file, rows);
  write(directory / model::job_file, as_bytes(model::print_job(job)));
  return job;
}

std::string outcome_of(const Result<void>& result) {
  return result ? "done" : std::string(to_string(result.error().code));
}

const auto silent = [](std::string_view) {};

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_trainer)

#if ARS_HAS_MODEL_TORCH
BOOST_AUTO_TEST_CASE(a_job_leaves_weights_and_a_result_that_repeat) {
  JobDirectory one;
  JobDirectory two;
  write_job(one.path);
  write_job(two.path);
  std::vector<std::string> lines;

  const auto done =
      cli::run_training_job(one.path, [&](std::string_view line) { lines.emplace_back(line); });
  const auto again = cli::run_training_job(two.path, silent);

  BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().context));
  BOOST_REQUIRE(again.has_value());
  BOOST_CHECK_EQUAL(text_of(one.path / model::result_file), text_of(two.path / model::result_file));
  const auto result = model::parse_result(text_of(one.path / model::result_file));
  BOOST_REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().context));
  BOOST_CHECK_EQUAL(result.value().failure, "");
  BOOST_REQUIRE_EQUAL(result.value().arms.size(), 2u);
  for (std::size_t arm = 0; arm < 2; ++arm) {
    const auto weights = text_of(one.path / model::weights_file(arm));
    BOOST_CHECK(weights == text_of(two.path / model::weights_file(arm)));
    BOOST_CHECK(sha256(weights) == result.value().arms[arm].weights_sha256);
    BOOST_CHECK_EQUAL(result.value().arms[arm].test_rows, 300u);
    BOOST_CHECK_EQUAL(result.value().arms[arm].user_metric.size(), result.value().users.size());
  }
  std::size_t steps = 0;
  for (const auto& line : lines) {
    const auto report = model::parse_report(line);
    BOOST_REQUIRE(report.has_value());
    if (report.value().step) ++steps;
  }
  BOOST_CHECK_EQUAL(steps, 2u * 4);  // 19 steps, every fifth and the last
}
#endif

BOOST_AUTO_TEST_CASE(rows_too_few_to_part_are_a_failure_of_the_training) {
  JobDirectory job;
  write_job(job.path, 1);

  BOOST_CHECK_EQUAL(outcome_of(cli::run_training_job(job.path, silent)), "done");

  const auto result = model::parse_result(text_of(job.path / model::result_file));
  BOOST_REQUIRE(result.has_value());
  BOOST_CHECK_EQUAL(result.value().failure, "1 rows do not part into training and test rows");
  BOOST_CHECK(result.value().arms.empty());
}

BOOST_AUTO_TEST_CASE(missing_foreign_and_damaged_files_are_told_apart) {
  JobDirectory job;
  BOOST_CHECK_EQUAL(outcome_of(cli::run_training_job(job.path, silent)), "not found");
  write_job(job.path);
  fs::remove(job.path / model::rows_file);
  BOOST_CHECK_EQUAL(outcome_of(cli::run_training_job(job.path, silent)), "not found");
  const std::string foreign = "rows";
  write(job.path / model::rows_file, as_bytes(foreign));
  BOOST_CHECK_EQUAL(outcome_of(cli::run_training_job(job.path, silent)), "corrupt");
  write(job.path / model::job_file, as_bytes("{}"));
  BOOST_CHECK_EQUAL(outcome_of(cli::run_training_job(job.path, silent)), "invalid");
  BOOST_CHECK(!fs::exists(job.path / model::result_file));
}

BOOST_AUTO_TEST_SUITE_END()
