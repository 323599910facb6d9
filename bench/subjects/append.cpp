#include "bench/anchors/raw_rocksdb.hpp"
#include "bench/stopwatch.hpp"
#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/narrow.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>

namespace ars::bench {
namespace {

constexpr std::size_t rounds = 9;

// Each side writes the whole log into a directory of its own, which goes with it.
class Appends {
 public:
  Appends(Workshop& workshop, const ServedLog& served, const std::vector<RawBatch>& raw)
      : workshop_(workshop), served_(served), raw_(raw) {}

  Result<double> ours() const {
    const auto directory = workshop_.fresh("append");
    ARS_TRY(auto log, store::RocksDbLog::create(directory, served_.cluster));
    const Stopwatch watch;
    for (const auto& batch : served_.batches) {
      ARS_TRY([[maybe_unused]] const auto at, log->commit(batch));
    }
    const auto taken = watch.seconds();
    ARS_TRY(log->close());
    return end(directory, taken);
  }

  Result<double> anchor(RawFamilies families) const {
    const auto directory = workshop_.fresh("raw");
    ARS_TRY(auto raw, RawRocksDb::create(directory, families));
    raw->prepare(raw_);
    const Stopwatch watch;
    ARS_TRY(raw->write());
    const auto taken = watch.seconds();
    raw.reset();
    return end(directory, taken);
  }

 private:
  double end(const std::filesystem::path& directory, double taken) const {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    return to_double(served_.events) / taken;
  }

  Workshop& workshop_;
  const ServedLog& served_;
  const std::vector<RawBatch>& raw_;
};

double row_megabytes(const std::vector<RawBatch>& batches) {
  std::uint64_t bytes = 0;
  for (const auto& batch : batches) {
    for (const auto& row : batch.rows) {
      bytes += row.key.size() + (row.value.has_value() ? row.value->size() : 0);
    }
  }
  return to_double(bytes) * 1e-6;
}

}  // namespace

Result<Row> measure_append(Workshop& workshop) {
  ARS_TRY(const auto* served, workshop.served());
  ARS_TRY(const auto raw, raw_rows(*served));
  const Appends appends(workshop, *served, raw);
  ARS_TRY(const auto taken, interleave(workshop.setting(), rounds,
                                       {[&] { return appends.ours(); },
                                        [&] { return appends.anchor(RawFamilies::as_the_log); },
                                        [&] { return appends.anchor(RawFamilies::one); }}));
  const auto events = to_double(served->events);
  const auto batches = to_double(served->batches.size());
  const auto event_megabytes = to_double(served->event_bytes) * 1e-6;
  const auto written = row_megabytes(raw);
  Row row;
  row.ours = taken[0];
  row.anchor_value = taken[1];
  row.mix = served->mix;
  row.figures = {{"events", taken[0], "events/s"},
                 {"event bytes", taken[0] * event_megabytes / events, "MB/s"},
                 {"all rows written", taken[0] * written / events, "MB/s"},
                 {"batches", taken[0] * batches / events, "syncs/s"},
                 {"the same rows in one family", taken[2], "events/s"}};
  const auto disk = workshop.machine().disk_syncs_per_second;
  const auto share = 100 * (taken[1] * batches / events) / disk;
  row.limited_by = fmt::format(
      "disk sync: {:.0f} a second alone, the anchor's batches of {:.0f} events and "
      "{:.0f} KB reach {:.0f} % of that; the rest is RocksDB's write path and, in ours, "
      "checksum, SHA-256 and index rows of every record",
      disk, events / batches, written * 1e3 / batches, share);
  return row;
}

}  // namespace ars::bench
