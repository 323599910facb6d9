// RocksDB alone: the rows that our log would write, as batches prepared beforehand, with the same
// options and the same sync. Owned by one run; one thread.
#pragma once

#include "bench/served_log.hpp"
#include "events/base/result.hpp"

#include <filesystem>
#include <memory>

namespace ars::bench {

// Families as the log has them, or everything in one family, each key behind its family's number.
enum class RawFamilies : std::uint8_t { as_the_log, one };

class RawRocksDb {
 public:
  // Errc::unavailable: the disk.
  static Result<std::unique_ptr<RawRocksDb>> create(const std::filesystem::path& directory,
                                                    RawFamilies families);
  ~RawRocksDb();
  RawRocksDb(const RawRocksDb&) = delete;
  RawRocksDb& operator=(const RawRocksDb&) = delete;

  void prepare(const std::vector<RawBatch>& batches);
  // One synced write a batch: what is measured. Errc::unavailable.
  Result<void> write();

 private:
  struct Impl;
  explicit RawRocksDb(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::bench
