#include "store/rocksdb/embedded_backend.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

namespace ars::store {
namespace {

class EmbeddedBackend : public LogBackend {
 public:
  explicit EmbeddedBackend(EventLog& log) : log_(log) {}

  std::string_view name() const override { return "embedded"; }

  Result<Offset> append(const Stream& stream, std::span<const std::vector<std::uint8_t>> records,
                        std::chrono::milliseconds) override {
    ARS_TRY(still_running());
    if (records.empty()) return log_.head(stream).next;
    Batch batch;
    batch.appends.reserve(records.size());
    for (const auto& record : records)
      batch.appends.push_back({stream, record});
    ARS_TRY(const auto at, log_.commit(batch));
    changed_.notify_all();
    return at.front().offset;
  }

  Result<std::vector<FetchedRecord>> fetch(const Stream& stream, Offset from,
                                           std::size_t max_records,
                                           std::chrono::milliseconds max_wait) override {
    ARS_TRY(still_running());
    if (log_.head(stream).next < from) {
      return fail(Errc::not_found,
                  fmt::format("{} lies beyond the log", to_string(Pointer{stream, from})));
    }
    wait_for_records(stream, from, max_wait);
    ARS_TRY(auto records, log_.read({stream, from}, max_records));
    std::vector<FetchedRecord> out;
    out.reserve(records.size());
    for (auto& record : records)
      out.push_back({record.at.offset, std::move(record.stored)});
    return out;
  }

  Result<Watermarks> watermarks(const Stream& stream, std::chrono::milliseconds) override {
    ARS_TRY(still_running());
    return Watermarks{Offset(0), log_.head(stream).next};
  }

  Result<void> prepare(std::uint16_t, std::chrono::milliseconds) override {
    return still_running();
  }

  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  Result<void> still_running() const {
    const std::scoped_lock lock(mutex_);
    if (stopped_) return fail(Errc::stopping, "the backend is stopped");
    return success();
  }
  void wait_for_records(const Stream& stream, Offset from, std::chrono::milliseconds max_wait) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, max_wait, [&] { return stopped_ || from < log_.head(stream).next; });
  }

  EventLog& log_;
  // SHARED: stop() comes from another thread while fetch() waits at the tail.
  mutable std::mutex mutex_;
  // SHARED: see above.
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace

LogBackendPtr make_embedded_backend(EventLog& log) {
  return std::make_unique<EmbeddedBackend>(log);
}

}  // namespace ars::store
