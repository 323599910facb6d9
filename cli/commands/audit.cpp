#include "cli/commands/catalog.hpp"
#include "cli/json_object.hpp"
#include "cli/log_door.hpp"
#include "store/rocksdb/verify_directory.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>

namespace ars::cli {
namespace {

Result<ExitCode> run_verify(const std::string& directory, const Session& session) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    return fail(Errc::not_found, directory + ": no such directory");
  }
  ARS_TRY(auto report, store::verify_directory(directory));
  if (const auto frozen = frozen_of(directory)) {
    ARS_TRY(const auto twin, store::verify_directory(*frozen, "frozen/"));
    if (report.ok && !twin.ok) {
      report.ok = false;
      report.bad_offset = twin.bad_offset;
      report.reason = twin.reason;
    }
  }
  const auto head = to_hex(ByteSpan(report.log_head));
  if (session.format == Format::text) {
    put_line(report.ok ? fmt::format("ok: {} events, log head {}", report.events, head)
                       : fmt::format("MISMATCH at {}: {} ({} events, log head {})",
                                     report.bad_offset.value_or("?"), report.reason, report.events,
                                     head));
  } else {
    JsonObject out;
    out.add("ok", report.ok).add("events", report.events).add("log_head", head);
    out.add("bad_offset", report.bad_offset);
    if (report.ok) {
      out.add_null("reason");
    } else {
      out.add("reason", report.reason);
    }
    put_line(out.text());
  }
  return report.ok ? ExitCode::done : ExitCode::mismatch;
}

}  // namespace

Action audit_verify_command(CLI::App& app) {
  auto directory = std::make_shared<std::string>();
  app.add_option("--log-dir", *directory, "directory that `ars run` wrote; its twin in frozen/ too")
      ->required();
  return [directory](const Session& session) { return run_verify(*directory, session); };
}

}  // namespace ars::cli
