#include "cli/trainer.hpp"

#include "events/base/hash.hpp"
#include "events/base/narrow.hpp"
#include "model/training/dataset.hpp"
#include "model/training/job.hpp"
#include "model/training/run_job.hpp"

#if ARS_HAS_MODEL_TORCH
#include "model/torch/torch_trainer.hpp"
#endif

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace ars::cli {

namespace {

namespace fs = std::filesystem;

Result<std::vector<std::uint8_t>> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) return fail(Errc::not_found, fmt::format("{}: cannot be read", path.string()));
  std::vector<std::uint8_t> bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), narrow<std::streamsize>(size));
  if (!in) return fail(Errc::corrupt, fmt::format("{}: shorter than it was", path.string()));
  return bytes;
}

Result<void> write_file(const fs::path& path, ByteSpan bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), narrow<std::streamsize>(bytes.size()));
  out.close();
  if (out) return success();
  return fail(Errc::unavailable, fmt::format("{}: cannot be written", path.string()));
}

Result<std::vector<model::Example>> read_rows(const model::TrainJob& job, const fs::path& path) {
  ARS_TRY(const auto bytes, read_file(path));
  if (sha256(bytes) != job.rows_sha256) {
    return fail(Errc::corrupt, fmt::format("{}: not the rows of this job", path.string()));
  }
  return model::dataset_from_bytes(job.columns, bytes);
}

Result<model::TrainJobResult> run_arms(const model::TrainJob& job, const model::Split& split,
                                       const model::JobSinks& sinks) {
#if ARS_HAS_MODEL_TORCH
  const model::TorchTrainer trainer(job.columns, {job.threads});
  return model::run_job(job, split, trainer, sinks);
#else
  static_cast<void>(job);
  static_cast<void>(split);
  static_cast<void>(sinks);
  return fail(Errc::unsupported, "this binary was built without LibTorch");
#endif
}

}  // namespace

Result<void> run_training_job(const fs::path& directory,
                              const std::function<void(std::string_view line)>& emit) {
  ARS_TRY(const auto text, read_file(directory / model::job_file));
  ARS_TRY(const model::TrainJob job, model::parse_job(as_text(text)));
  model::JobSinks sinks;
  sinks.report = [&](const model::TrainReport& report) { emit(model::print_report(report)); };
  sinks.weights = [&](std::size_t arm, const std::vector<std::uint8_t>& weights) {
    return write_file(directory / model::weights_file(arm), weights);
  };
  sinks.report({0, {}, {}, "rows"});
  ARS_TRY(auto rows, read_rows(job, directory / model::rows_file));
  const auto split = model::split_by_time(std::move(rows), job.test_share);
  model::TrainJobResult result;
  result.job = job.job;
  if (split.has_value()) {
    ARS_TRY(result, run_arms(job, split.value(), sinks));
  } else {
    result.failure = split.error().context;
  }
  return write_file(directory / model::result_file, as_bytes(model::print_result(result)));
}

ExitCode trainer_main(const fs::path& directory) {
  const auto done = run_training_job(directory, [](std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  });
  if (done) return ExitCode::done;
  fmt::print(stderr, "ars trainer: {}\n", done.error().context);
  return exit_code_of(done.error().code);
}

}  // namespace ars::cli
