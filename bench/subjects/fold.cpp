#include "runtime/replay/fold.hpp"

#include "actors/registry.hpp"
#include "bench/stopwatch.hpp"
#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/narrow.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>

namespace ars::bench {
namespace {

constexpr std::size_t rounds = 5;

using Log = std::unique_ptr<store::RocksDbLog>;

Result<Log> written_log(Workshop& workshop, const ServedLog& served) {
  const auto directory = workshop.fresh("fold");
  ARS_TRY(auto log, store::RocksDbLog::create(directory, served.cluster));
  for (const auto& batch : served.batches) {
    ARS_TRY([[maybe_unused]] const auto at, log->commit(batch, store::Durability::memory));
  }
  ARS_TRY(log->close());
  log.reset();
  return store::RocksDbLog::open_read_only(directory);
}

// Whole passes until the time is used up.
Result<double> passes(double seconds, std::uint64_t events, const Side& pass) {
  const Stopwatch watch;
  std::uint64_t done = 0;
  do {
    ARS_TRY([[maybe_unused]] const double nothing, pass());
    done += events;
  } while (watch.seconds() < seconds);
  return to_double(done) / watch.seconds();
}

Result<double> fold_once(const store::EventLog& log, std::uint64_t events) {
  runtime::ReplaySetup setup;
  setup.kinds = &actors::kinds();
  setup.make_keeper = &actors::make_view_keeper;
  ARS_TRY(const auto report, runtime::fold(log, setup));
  if (!report.equal) return fail(Errc::corrupt, "the fold differs: " + report.difference);
  if (report.events != events) {
    return fail(Errc::corrupt, fmt::format("{} of {} events folded", report.events, events));
  }
  return 0.0;
}

// Every record with its chain, nothing else.
Result<double> scan_once(const store::EventLog& log, std::uint64_t events) {
  std::uint64_t seen = 0;
  for (const auto& head : log.heads()) {
    ARS_TRY(
        log.scan({head.stream, Offset(0)}, [&](const store::Pointer&, const Bytes32&, ByteSpan) {
          ++seen;
          return true;
        }));
  }
  if (seen != events) return fail(Errc::corrupt, fmt::format("{} of {} events read", seen, events));
  return 0.0;
}

}  // namespace

Result<Row> measure_fold(Workshop& workshop) {
  ARS_TRY(const auto* served, workshop.served());
  ARS_TRY(const auto log, written_log(workshop, *served));
  const auto events = served->events;
  const auto seconds = workshop.setting().seconds / 2;
  const auto side = [&](auto once) -> Side {
    return [&, once] { return passes(seconds, events, [&] { return once(*log, events); }); };
  };
  ARS_TRY(const auto taken,
          interleave(workshop.setting(), rounds, {side(&fold_once), side(&scan_once)}));
  const auto megabytes = to_double(served->event_bytes) * 1e-6 / to_double(events);
  Row row;
  row.ours = taken[0];
  row.anchor_value = taken[1];
  row.mix = served->mix;
  row.figures = {{"event bytes", taken[0] * megabytes, "MB/s"},
                 {"event bytes of the scan", taken[1] * megabytes, "MB/s"}};
  const auto& machine = workshop.machine();
  row.limited_by = fmt::format(
      "CPU: the scan reads, decompresses and hashes on one core ({:.0f} % of its {:.0f} MB/s of "
      "SHA-256), the fold also decodes and takes every event into states, projections and views, "
      "on "
      "{} cores; log in the page cache, {:.1f} % of what memory copies",
      100 * taken[1] * megabytes / machine.hashed_mb_per_second, machine.hashed_mb_per_second,
      machine.cores, 100 * taken[0] * megabytes / machine.copied_mb_per_second);
  return row;
}

}  // namespace ars::bench
