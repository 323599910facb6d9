#include "actors/evolution/autotrain/autotrain_effects.hpp"

#include "actors/limits.hpp"
#include "events/base/narrow.hpp"
#include "model/features/encoder.hpp"
#include "model/training/dataset.hpp"
#include "model/training/job.hpp"
#include "runtime/effects/matrix_kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

namespace ars::actors {
namespace {

constexpr std::string_view live_arm = "live";

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), narrow<std::streamsize>(bytes.size()));
  out.flush();
  if (!out) return fail(Errc::unavailable, "cannot write " + path.string());
  return success();
}

Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Errc::not_found, "cannot read " + path.string());
  return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(in), {});
}

// Steps count, not rows: a small set of rows gets small batches.
model::TrainSpec spec_of(const events::TrainingArm& arm, std::size_t rows) {
  model::TrainSpec spec;
  spec.batch_rows = narrow<std::uint32_t>(std::clamp<std::size_t>(rows / 100, 32, 256));
  spec.architecture = arm.ranker.architecture;
  spec.seed = arm.seed;
  spec.learning_rate = arm.ranker.learning_rate;
  spec.weight_decay = arm.ranker.weight_decay;
  spec.epochs = arm.ranker.epochs;
  return spec;
}

// Log likelihood of each row under weights that are not trained anew.
std::optional<std::vector<double>> row_log_likelihoods(const model::ScorerFactory& factory,
                                                       const std::string& architecture,
                                                       const std::vector<std::uint8_t>& weights,
                                                       const std::vector<model::Example>& rows) {
  auto scorer = factory.load({architecture, weights});
  if (!scorer.has_value()) return std::nullopt;
  std::vector<model::CandidateMatrix> matrices;
  for (const auto& each : rows) {
    model::CandidateMatrix matrix;
    matrix.rows = 1;
    matrix.id_columns = narrow<std::uint32_t>(each.ids.size());
    matrix.dense_columns = narrow<std::uint32_t>(each.dense.size());
    matrix.ids = each.ids;
    matrix.dense = each.dense;
    matrix.sequence = each.sequence;
    matrices.push_back(std::move(matrix));
  }
  std::vector<const model::CandidateMatrix*> batch;
  for (const auto& matrix : matrices)
    batch.push_back(&matrix);
  const auto scores = scorer.value()->score(batch);
  if (!scores.has_value() || rows.empty()) return std::nullopt;
  std::vector<double> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double p = std::clamp(double{scores.value()[i].at(0)}, 1e-7, 1 - 1e-7);
    out.push_back(rows[i].label * std::log(p) + (1 - rows[i].label) * std::log(1 - p));
  }
  return out;
}

// Mean per user, users ascending: as the trainer reports it for the arms that it trains.
std::vector<double> by_user(const std::vector<model::Example>& rows,
                            const std::vector<double>& values) {
  std::map<std::uint64_t, std::pair<double, double>> sums;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& sum = sums[rows[i].user];
    sum.first += values[i];
    sum.second += 1;
  }
  std::vector<double> out;
  for (const auto& [user, sum] : sums)
    out.push_back(sum.first / sum.second);
  return out;
}

// What the trainer says of an arm; weights and explored rows come after it.
events::ArmResult as_reported(const model::ArmOutcome& arm) {
  events::ArmResult out;
  out.label = arm.label;
  out.seed = arm.seed;
  for (const auto& metric : arm.metrics) {
    if (metric.value.has_value())
      out.metrics.push_back({metric.slice, metric.name, *metric.value, metric.rows});
  }
  out.user_metric = arm.user_metric;
  out.rows = arm.rows;
  out.bytes = arm.bytes;
  out.cost = arm.cost;
  return out;
}

}  // namespace

namespace {

// Test rows that an exploration slot showed, the oldest first.
std::vector<model::Example> explored_test_rows(const std::vector<StoredExample>& rows,
                                               double test_share) {
  std::vector<model::Example> out;
  const auto first =
      narrow<std::size_t>(truncate<std::int64_t>(to_double(rows.size()) * (1 - test_share)));
  for (std::size_t i = first; i < rows.size(); ++i) {
    if (rows[i].explored && out.size() < limits::explored_rows_max) out.push_back(rows[i].row);
  }
  return out;
}

// The i-th arm that the trainer ran: live arms are not trained.
const events::TrainingArm& trained_arm(const events::TrainingRequested& request, std::size_t i) {
  for (const auto& arm : request.arms) {
    if (arm.label != live_arm && i-- == 0) return arm;
  }
  ARS_CHECK(false, "job {} has no such arm", request.job);
  return request.arms.front();
}

}  // namespace

struct TrainingEffects::Running {
  events::TrainingRequested request;
  runtime::JobId id;
  std::vector<StoredExample> rows;
  std::vector<std::string> lines;  // of the newest try; written by the queue until wait() returns
  std::uint32_t tries = 0;
};

TrainingEffects::TrainingEffects(TrainingSetting setting, std::size_t rows_max)
    : setting_(std::move(setting)), examples_(rows_max) {}

void TrainingEffects::observe(const events::Event& event) {
  examples_.observe(event);
  if (const auto* requested = event.as<events::TrainingRequested>()) {
    requested_[requested->job] = *requested;
  } else if (const auto* finished = event.as<events::TrainingFinished>()) {
    requested_.erase(finished->job);
    running_.erase(finished->job);
  }
}

Result<void> TrainingEffects::start_requested() {
  for (const auto& [job, request] : requested_) {
    if (!running_.contains(job)) ARS_TRY(start(request));
  }
  return success();
}

std::filesystem::path TrainingEffects::job_directory(std::uint64_t job,
                                                     std::uint32_t attempt) const {
  return setting_.directory / fmt::format("{}-{}", job, attempt);
}

Result<void> TrainingEffects::start(const events::TrainingRequested& request) {
  auto running = std::make_shared<Running>();
  running->request = request;
  running->rows = examples_.rows(request.until_example, request.rows_max);
  std::vector<model::Example> rows;
  for (const auto& each : running->rows)
    rows.push_back(each.row);
  const auto columns = model::columns();
  const auto bytes = model::dataset_bytes(columns, rows);
  model::TrainJob job;
  job.job = request.job;
  job.columns = columns;
  job.rows_sha256 = sha256(bytes);
  job.test_share = request.test_share;
  job.threads = setting_.trainer.threads;
  for (const auto& arm : request.arms) {
    if (arm.label != live_arm) job.arms.push_back({arm.label, spec_of(arm, rows.size())});
  }
  runtime::Job child;
  child.name = fmt::format("training {}", request.job);
  // What a killed run left of this job stays until the job is done.
  for (std::uint32_t attempt = 1;; ++attempt) {
    child.directory = job_directory(request.job, attempt);
    if (!std::filesystem::exists(child.directory)) break;
  }
  child.child.argv = {setting_.program, "trainer", "."};
  child.child.environment = runtime::matrix_environment();
  child.child.environment.push_back(fmt::format("OMP_NUM_THREADS={}", setting_.trainer.threads));
  child.child.limits = setting_.trainer.limits;
  child.child.silence_timeout = setting_.trainer.heartbeat;
  child.prepare = [text = model::print_job(job),
                   bytes](const std::filesystem::path& directory) -> Result<void> {
    ARS_TRY(write_file(directory / model::job_file, text));
    return write_file(directory / model::rows_file, as_text(bytes));
  };
  child.on_line = [running](std::uint32_t attempt, std::string_view line) {
    if (attempt != running->tries) running->lines.clear();
    running->tries = attempt;
    running->lines.emplace_back(line);
  };
  ARS_TRY(running->id, queue_.submit(std::move(child)));
  running_[request.job] = std::move(running);
  return success();
}

Result<std::vector<runtime::InputDraft>> TrainingEffects::take(std::chrono::milliseconds deadline) {
  const auto found = running_.find(oldest().job);
  ARS_CHECK(found != running_.end(), "job {} was not started", oldest().job);
  const auto running = found->second;
  ARS_TRY(const auto report, queue_.wait(running->id, deadline));
  // What goes wrong in a training is in its result. Anything else is this machine, a full disk say,
  // and another machine would have gone on: no event may tell of it.
  if (report.exit.value != 0) {
    return fail(Errc::unavailable,
                fmt::format("job {}: the trainer ended with exit code {}: {}", running->request.job,
                            report.exit.value, report.exit.stderr_tail));
  }
  auto drafts = read_result(*running, report.directory);
  if (drafts.has_value()) {
    std::error_code ignored;
    for (std::uint32_t attempt = 1;; ++attempt) {
      if (std::filesystem::remove_all(job_directory(running->request.job, attempt), ignored) == 0)
        break;
    }
  }
  return drafts;
}

Result<std::vector<runtime::InputDraft>> TrainingEffects::read_result(
    const Running& running, const std::filesystem::path& directory) {
  const auto& request = running.request;
  std::vector<runtime::InputDraft> out;
  const auto input = [&](events::Payload payload) {
    out.push_back(
        {std::move(payload), "trainer", fmt::format("{}/{}", request.job, out.size()), {}});
  };
  for (const auto& line : running.lines) {
    auto report = model::parse_report(line);
    if (!report.has_value()) continue;
    if (const auto& step = report.value().step) {
      input(events::TrainingProgressed{request.job, report.value().arm, step->step, step->loss,
                                       step->gradient_norm});
    } else if (const auto& remedy = report.value().remedy) {
      input(events::TrainingRemedied{request.job, report.value().arm, remedy->anomaly,
                                     remedy->remedy, remedy->learning_rate});
    }
  }
  events::TrainingFinished finished;
  finished.job = request.job;
  finished.variant = request.variant;
  auto text = read_file(directory / model::result_file);
  if (!text.has_value()) {
    finished.failure = "the trainer left no result";
    input(std::move(finished));
    return out;
  }
  ARS_TRY(const auto result, model::parse_result(as_text(text.value())));
  finished.ok = result.failure.empty();
  finished.failure = result.failure;
  if (!finished.ok) {
    input(std::move(finished));
    return out;
  }
  ARS_TRY(finished.arms, live_arms(running));
  const auto explored = explored_test_rows(running.rows, request.test_share);
  std::map<std::string, std::size_t> by_label;
  for (std::size_t i = 0; i < result.arms.size(); ++i) {
    const auto& arm = result.arms[i];
    auto kept = as_reported(arm);
    // The first run of each label may serve or be compared on explored rows; the others are seeds.
    if (by_label[arm.label]++ == 0 && arm.label != "noise") {
      ARS_TRY(const auto weights, read_file(directory / model::weights_file(i)));
      if (arm.label != "base") {
        ARS_TRY(kept.weights, setting_.keep_blob(weights));
      }
      if (setting_.scorers) {
        const auto values = row_log_likelihoods(
            *setting_.scorers, trained_arm(request, i).ranker.architecture, weights, explored);
        if (values.has_value()) {
          double sum = 0;
          for (const double value : *values)
            sum += value;
          kept.metrics.push_back({"explored", "explored_log_likelihood",
                                  sum / to_double(values->size()), values->size()});
        }
      }
    }
    finished.arms.push_back(std::move(kept));
  }
  input(std::move(finished));
  return out;
}

// Arms that serve now: scored on the test rows as they are.
Result<std::vector<events::ArmResult>> TrainingEffects::live_arms(const Running& running) {
  std::vector<events::ArmResult> out;
  std::vector<model::Example> rows;
  for (const auto& each : running.rows)
    rows.push_back(each.row);
  for (const auto& arm : running.request.arms) {
    if (arm.label != live_arm) continue;
    if (!setting_.scorers) return fail(Errc::unsupported, "this build cannot score");
    ARS_TRY(const auto split, model::split_by_time(rows, running.request.test_share));
    ARS_TRY(const auto weights, setting_.load_blob(arm.ranker.weights));
    const auto values =
        row_log_likelihoods(*setting_.scorers, arm.ranker.architecture, weights, split.test);
    if (!values.has_value()) return fail(Errc::corrupt, "the serving model cannot be scored");
    events::ArmResult kept;
    kept.label = arm.label;
    kept.seed = arm.seed;
    kept.user_metric = by_user(split.test, *values);
    kept.rows = split.test.size();
    out.push_back(std::move(kept));
  }
  return out;
}

void TrainingEffects::stop() { queue_.stop(); }

}  // namespace ars::actors
