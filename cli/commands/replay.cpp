#include "actors/registry.hpp"
#include "cli/commands/catalog.hpp"
#include "cli/compose.hpp"
#include "cli/json_object.hpp"
#include "cli/log_door.hpp"
#include "runtime/clock.hpp"
#include "runtime/replay/fold.hpp"
#include "runtime/replay/reexec.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ars::cli {
namespace {

struct ReplayOptions {
  std::string directory;
};

std::shared_ptr<ReplayOptions> declare_options(CLI::App& app) {
  auto options = std::make_shared<ReplayOptions>();
  app.add_option("--log-dir", options->directory, "directory that `ars run` wrote")->required();
  return options;
}

runtime::ReplaySetup setup() {
  return {&actors::kinds(), [] { return actors::make_view_keeper(); }};
}

double seconds_since(Timestamp start) {
  runtime::SystemClock clock;
  return Duration(clock.now().value() - start.value()).seconds();
}

// Damage that keeps a log from being opened is a difference like any other.
Result<runtime::FoldReport> fold_directory(const std::string& directory) {
  runtime::FoldReport damaged;
  auto opened = open_log(directory);
  if (!opened.has_value()) {
    if (opened.error().code != Errc::corrupt) return outcome::failure(opened.error());
    damaged.difference = opened.error().context;
    return damaged;
  }
  auto report = runtime::fold(*opened.value().log, setup());
  if (report.has_value()) return report;
  if (report.error().code != Errc::corrupt) return outcome::failure(report.error());
  damaged.difference = report.error().context;
  return damaged;
}

Result<ExitCode> run_fold(const ReplayOptions& options, const Session& session) {
  runtime::SystemClock clock;
  const auto start = clock.now();
  ARS_TRY(auto report, fold_directory(options.directory));
  const auto rate = to_double(report.events) / std::max(seconds_since(start), 1e-9);
  if (const auto frozen = frozen_of(options.directory)) {
    ARS_TRY(const auto twin, fold_directory(*frozen));
    report.equal = report.equal && twin.equal;
    if (report.difference.empty() && !twin.difference.empty()) {
      report.difference = "frozen/" + twin.difference;
    }
  }
  const auto hash = to_hex(ByteSpan(report.state_hash));
  if (session.format == Format::text) {
    put_line(
        fmt::format("{}: {} events in {} batches give {} agents, state hash {} ({:.0f} events/s)",
                    report.equal ? "equal" : "DIFFERENT", report.events, report.batches,
                    report.agents, hash, rate));
  } else {
    JsonObject out;
    out.add("equal", report.equal).add("events", report.events).add("state_hash", hash);
    out.add("events_per_second", rate).add("agents", report.agents);
    if (report.equal) {
      out.add_null("difference");
    } else {
      out.add("difference", report.difference);
    }
    put_line(out.text());
  }
  if (report.equal) return ExitCode::done;
  complain(report.difference);
  return ExitCode::mismatch;
}

struct Reexecuted {
  runtime::ReexecReport report;
  std::string damage;  // empty, or why the log cannot be followed
};

// One log decided again; without LibTorch the recorded answers are taken as they are.
Result<Reexecuted> reexec_directory(const std::string& directory, const Session& session) {
  Reexecuted out;
  const auto taken = [&]() -> Result<runtime::ReexecReport> {
    ARS_TRY(auto opened, open_log(directory));
    const store::BlobStore blobs(*opened.log, std::filesystem::path(directory) / "blobs");
    const auto scorers = make_scorers();
    if (scorers == nullptr) {
      say(session, "built without LibTorch: answers of models are taken as recorded");
      return runtime::reexec(*opened.log, setup());
    }
    actors::ModelHost models(scorers, weights_from(blobs));
    return runtime::reexec(
        *opened.log, setup(),
        [&](const std::vector<runtime::Question>& questions) { return models.answer(questions); });
  }();
  if (taken.has_value()) {
    out.report = taken.value();
  } else if (taken.error().code == Errc::corrupt) {
    out.damage = taken.error().context;
  } else {
    return outcome::failure(taken.error());
  }
  return out;
}

void put_reexec(const Reexecuted& done, const std::string& where, const Session& session) {
  const auto& report = done.report;
  const auto& first = report.first_divergence;
  if (session.format == Format::text) {
    put_line(fmt::format(
        "{} decisions: {} EXACT, {} EQUIVALENT, {} DIVERGED; {} answers taken as recorded",
        report.decisions, report.exact, report.equivalent, report.diverged,
        report.taken_as_recorded));
    if (first) put_line("first divergence: " + where + to_string(*first));
    return;
  }
  JsonObject out;
  out.add("exact", report.exact).add("equivalent", report.equivalent);
  out.add("diverged", report.diverged).add("recorded", report.taken_as_recorded);
  if (first) {
    JsonObject place;
    place.add("offset", where + store::to_string(first->at)).add("agent", first->agent);
    place.add("field", first->field).add("recorded", first->recorded).add("now", first->recomputed);
    out.add("first_divergence", place);
  } else {
    out.add_null("first_divergence");
  }
  if (done.damage.empty()) {
    out.add_null("damage");
  } else {
    out.add("damage", done.damage);
  }
  put_line(out.text());
}

Result<ExitCode> run_reexec(const ReplayOptions& options, const Session& session) {
  ARS_TRY(auto done, reexec_directory(options.directory, session));
  std::string where;
  if (const auto frozen = frozen_of(options.directory)) {
    ARS_TRY(const auto twin, reexec_directory(*frozen, session));
    auto& report = done.report;
    report.decisions += twin.report.decisions;
    report.exact += twin.report.exact;
    report.equivalent += twin.report.equivalent;
    report.diverged += twin.report.diverged;
    report.taken_as_recorded += twin.report.taken_as_recorded;
    if (!report.first_divergence && twin.report.first_divergence) {
      report.first_divergence = twin.report.first_divergence;
      where = "frozen/";
    }
    if (done.damage.empty() && !twin.damage.empty()) done.damage = "frozen/" + twin.damage;
  }
  put_reexec(done, where, session);
  if (!done.damage.empty()) complain(done.damage);
  return done.report.diverged == 0 && done.damage.empty() ? ExitCode::done : ExitCode::mismatch;
}

}  // namespace

Action replay_fold_command(CLI::App& app) {
  return [options = declare_options(app)](const Session& session) {
    return run_fold(*options, session);
  };
}

Action replay_reexec_command(CLI::App& app) {
  return [options = declare_options(app)](const Session& session) {
    return run_reexec(*options, session);
  };
}

}  // namespace ars::cli
