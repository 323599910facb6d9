// What the parent asks of a trainer process and what it hears back: DIR/job.json and DIR/rows.bin
// in, report lines on stdout, DIR/arm-<i>.weights and DIR/result.json out. All arms of a job share
// the rows and their split. Nothing here depends on when or where the job ran. Values, any thread.
#pragma once

#include "events/base/id.hpp"
#include "events/base/result.hpp"
#include "model/ir/columns.hpp"
#include "model/training/trainer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

struct TrainArm {
  std::string label;
  TrainSpec spec;
};

struct TrainJob {
  std::uint64_t job = 0;
  Columns columns;
  Bytes32 rows_sha256{};      // of the whole rows.bin
  double test_share = 0.2;    // the last share of the rows, by time
  std::uint32_t threads = 2;  // fixed: results depend on it
  std::vector<TrainArm> arms;
};

struct TrainMetric {
  std::string slice = "all";    // or a slice of the test rows, as in evaluation/slices
  std::string name;             // auc, gauc, logloss, …
  std::optional<double> value;  // empty: not defined on these rows
  std::uint64_t rows = 0;       // that it was computed on
  friend bool operator==(const TrainMetric&, const TrainMetric&) = default;
};

struct ArmOutcome {
  std::string label;
  std::uint64_t seed = 0;
  Bytes32 weights_sha256{};
  std::vector<TrainMetric> metrics;
  std::vector<double> user_metric;  // mean log-likelihood of a user's test rows, as result.users
  std::uint64_t rows = 0;           // trained on
  std::uint64_t test_rows = 0;
  std::uint64_t steps = 0;
  std::uint64_t parameters = 0;  // that were trained: dense ones and touched embedding rows
  std::uint64_t bytes = 0;       // of the weights
  double cost = 0;               // model/ir/cost: training_cost
  std::vector<TrainRemedy> remedies;
};

struct TrainJobResult {
  std::uint64_t job = 0;
  std::string failure;               // empty: every arm finished
  std::vector<std::uint64_t> users;  // of the test rows, ascending, the same for each arm
  std::vector<ArmOutcome> arms;      // in order; those before a failure
};

// One line of a running job. Exactly one of the three is set, or none: a line to ignore.
struct TrainReport {
  std::uint64_t arm = 0;
  std::optional<TrainStep> step;
  std::optional<TrainRemedy> remedy;
  std::string heartbeat;  // the phase that began: rows, train, measure
};

inline constexpr std::string_view job_file = "job.json";
inline constexpr std::string_view rows_file = "rows.bin";
inline constexpr std::string_view result_file = "result.json";
std::string weights_file(std::size_t arm);  // arm-<i>.weights

std::string print_job(const TrainJob& job);
// Errc::invalid: not JSON, an unknown key, a wrong type, a limit, columns that check_columns
// refuses.
Result<TrainJob> parse_job(std::string_view text);

std::string print_result(const TrainJobResult& result);
Result<TrainJobResult> parse_result(std::string_view text);

// Without the line feed.
std::string print_report(const TrainReport& report);
Result<TrainReport> parse_report(std::string_view line);

}  // namespace ars::model
