#include "runtime/dispatch/blob_courier.hpp"

#include "events/base/narrow.hpp"
#include "events/event.hpp"
#include "runtime/limits.hpp"
#include "store/audit/named_blobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ars::runtime {
namespace {

const store::Stream model{store::Topic::model, 0};

// A piece is keyed by itself, so that compaction keeps one of each.
std::vector<std::uint8_t> chunk_record(const Bytes32& hash, std::size_t index, std::size_t count,
                                       ByteSpan bytes) {
  events::Envelope header;
  const auto name = fmt::format("{}/{}", to_hex(ByteSpan(hash)), index);
  const auto digest = sha256("blob/" + name);
  Bytes16 key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  header.agent_id = AgentId(key);
  header.log_time_ns = 1;
  header.event_id = events::make_ingress_id(header.log_time_ns, "blob", name);
  events::BlobChunk chunk{hash, narrow<std::uint32_t>(index), narrow<std::uint32_t>(count), {}};
  chunk.bytes.assign(bytes.begin(), bytes.end());
  return events::seal(header, std::move(chunk))->stored;
}

// A blob whose pieces come in.
struct Arriving {
  std::map<std::uint32_t, std::vector<std::uint8_t>> pieces;
  std::uint32_t count = 0;
};

class Arrivals {
 public:
  explicit Arrivals(const std::function<Result<void>(ByteSpan)>& keep) : keep_(keep) {}

  Result<void> take(events::BlobChunk chunk) {
    if (chunk.count == 0 || chunk.index >= chunk.count || chunk.count > limits::blob_chunks_max) {
      return fail(Errc::corrupt, fmt::format("piece {} of {} of a blob", chunk.index, chunk.count));
    }
    if (done_.contains(chunk.sha256)) return success();
    auto& arriving = arriving_[chunk.sha256];
    if (arriving.count != 0 && arriving.count != chunk.count) {
      return fail(Errc::corrupt,
                  fmt::format("blob {} comes in {} pieces and in {}",
                              to_hex(ByteSpan(chunk.sha256)), arriving.count, chunk.count));
    }
    arriving.count = chunk.count;
    if (arriving.pieces.contains(chunk.index)) return success();
    waiting_bytes_ += chunk.bytes.size();
    if (waiting_bytes_ > limits::blob_bytes_waiting_max) {
      return fail(Errc::corrupt, "more than a gigabyte of blobs in pieces, none of them whole");
    }
    const auto hash = chunk.sha256;
    arriving.pieces.emplace(chunk.index, std::move(chunk.bytes));
    if (arriving.pieces.size() < arriving.count) return success();
    return whole(hash);
  }

 private:
  Result<void> whole(const Bytes32& hash) {
    std::vector<std::uint8_t> bytes;
    for (const auto& [index, piece] : arriving_[hash].pieces)
      bytes.insert(bytes.end(), piece.begin(), piece.end());
    waiting_bytes_ -= bytes.size();
    arriving_.erase(hash);
    if (sha256(bytes) != hash) {
      return fail(Errc::corrupt, fmt::format("blob {} has other bytes than its name says",
                                             to_hex(ByteSpan(hash))));
    }
    done_.insert(hash);
    return keep_(bytes);
  }

  const std::function<Result<void>(ByteSpan)>& keep_;
  std::map<Bytes32, Arriving> arriving_;
  std::set<Bytes32> done_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace

Result<void> BlobCourier::send_named(std::span<const store::Record> records,
                                     std::chrono::milliseconds deadline) {
  for (const auto& record : records) {
    if (!store::introduces_weights(events::stored_type(record.stored))) continue;
    ARS_TRY(const auto event, events::open_event(record.stored));
    std::vector<Bytes32> named;
    store::each_named(*event, [&](const Bytes32& hash, store::Use) { named.push_back(hash); });
    for (const auto& hash : named) {
      if (sent_.contains(hash) || !blobs_.holds(hash)) continue;
      ARS_TRY(send(hash, deadline));
      sent_.insert(hash);
    }
  }
  return success();
}

Result<void> BlobCourier::send(const Bytes32& hash, std::chrono::milliseconds deadline) {
  ARS_TRY(const auto bytes, blobs_.get(hash));
  const ByteSpan all(bytes);
  const auto size = limits::blob_chunk_bytes;
  const auto count = std::max<std::size_t>((all.size() + size - 1) / size, 1);
  std::vector<std::vector<std::uint8_t>> records;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = i * size;
    records.push_back(
        chunk_record(hash, i, count, all.subspan(at, std::min(size, all.size() - at))));
    if (records.size() < limits::blob_chunks_in_flight && i + 1 < count) continue;
    ARS_TRY([[maybe_unused]] auto first, backend_.append(model, records, deadline));
    records.clear();
  }
  return success();
}

Result<void> fetch_blobs(store::LogBackend& backend, std::chrono::milliseconds deadline,
                         const std::function<Result<void>(ByteSpan blob)>& keep) {
  ARS_TRY(const auto marks, backend.watermarks(model, deadline));
  Arrivals arrivals(keep);
  auto next = marks.low;
  while (next < marks.next) {
    ARS_TRY(auto records, backend.fetch(model, next, limits::blob_chunks_in_flight, deadline));
    if (records.empty()) break;  // the rest was compacted away
    for (const auto& record : records) {
      const auto where = fmt::format("model/0/{}", record.offset.value());
      const auto event = events::open_event(record.stored);
      if (!event.has_value()) return outcome::failure(within(where, event.error()));
      const auto* chunk = event.value()->as<events::BlobChunk>();
      if (chunk == nullptr) return fail(Errc::corrupt, where + " is no piece of a blob");
      if (auto taken = arrivals.take(*chunk); !taken)
        return outcome::failure(within(where, taken.error()));
      next = record.offset.next();
    }
  }
  return success();
}

}  // namespace ars::runtime
