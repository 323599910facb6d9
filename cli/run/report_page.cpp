#include "cli/run/report_page.hpp"

#include "actors/registry.hpp"
#include "runtime/replay/fold.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>

#include <fstream>
#include <memory>

namespace ars::cli {

Result<RunSummary> conclude(const std::filesystem::path& directory, const std::string& page) {
  ARS_TRY(const auto log, store::RocksDbLog::open_read_only(directory));
  std::unique_ptr<store::RocksDbLog> twin;
  if (std::filesystem::exists(directory / "frozen")) {
    ARS_TRY(twin, store::RocksDbLog::open_read_only(directory / "frozen"));
  }
  ARS_TRY(auto summary, summarise(*log, twin.get()));
  if (page.empty()) return summary;
  runtime::ReplaySetup setup;
  setup.kinds = &actors::kinds();
  setup.make_keeper = [] { return actors::make_view_keeper(); };
  ARS_TRY(const auto folded, runtime::fold(*log, setup));
  auto& replay = summary.report.replay;
  replay.state = folded.equal ? model::ReplayState::equal : model::ReplayState::diverged;
  replay.sentence =
      folded.equal
          ? fmt::format("{} events folded from the log give every stored state, hash by hash",
                        folded.events)
          : folded.difference;
  std::ofstream out(page, std::ios::binary | std::ios::trunc);
  out << model::render_report(summary.report);
  out.flush();
  if (!out) return fail(Errc::unavailable, "cannot write the report to " + page);
  return summary;
}

}  // namespace ars::cli
