// Sends the local log to a backend, record for record and in order (docs/adr/0001): offsets there
// equal offsets here, plus what a former owner wrote after its time was over. The local log is
// durable first; what the backend lacks is found by asking it, so a restart or an outage loses
// nothing and repeats nothing. Weights go before the events that name them, a signed head after
// what it speaks of. Owned by the run loop or a log actor; its calls block.
#pragma once

#include "runtime/dispatch/blob_courier.hpp"
#include "runtime/dispatch/owner_terms.hpp"
#include "store/log_backend.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>

namespace ars::runtime {

struct PublisherSetup {
  const store::EventLog* log = nullptr;  // these outlive the publisher
  store::LogBackend* backend = nullptr;
  const store::BlobStore* blobs = nullptr;  // null: nothing is named
  Bytes32 head_key{};                       // of this node; zeros: whoever claimed
  std::function<events::HeadSigned(const store::Stream&)> sign;  // empty: no heads
};

class Publisher {
 public:
  explicit Publisher(PublisherSetup setup);

  // Finds how far the backend is. Errc::conflict: another cluster lies there, another node took
  // over, or it holds records that this log does not; the context names both. Errc::unavailable.
  Result<void> align(std::chrono::milliseconds deadline);
  // Sends everything that the backend lacks. Errc::unavailable: try again later, nothing is lost;
  // Errc::conflict: as align().
  Result<void> publish(std::chrono::milliseconds deadline);
  // Records of evt and ctl that the backend lacks.
  std::uint64_t lag() const;

 private:
  using Deadline = std::chrono::milliseconds;
  struct Place {
    Offset local;   // of the first record that the backend lacks
    Offset remote;  // where it will lie there
  };
  Result<void> align_control(Deadline deadline);
  Result<void> align_events(Deadline deadline);
  Result<void> match_control(const std::vector<store::FetchedRecord>& fetched, Offset& local);
  Result<std::optional<Place>> find_ours(Offset from, Offset end, Deadline deadline);
  Result<void> check_owner() const;
  Result<void> watch_control(Deadline deadline);
  Result<void> pass_over(const store::Stream& stream, Offset from, Offset to, Deadline deadline);
  Result<void> publish_stream(const store::Stream& stream, Deadline deadline);
  Result<void> publish_heads(Deadline deadline);
  Result<bool> is_ours(const store::Stream& stream, ByteSpan stored) const;
  Error conflict(const store::Stream& stream, const std::string& what) const;

  PublisherSetup setup_;
  const store::EventLog& log_;
  store::LogBackend& backend_;
  std::optional<BlobCourier> courier_;
  OwnerTerms terms_;  // as the backend has them
  std::map<store::Stream, Place> places_;
  std::map<store::Stream, Offset> heads_;  // published ones
  std::size_t underway_ = 0;               // records of an append that was not answered in time
  std::map<store::Stream, Offset> acked_;  // as places_, kept while the backend is being asked
};

// Reads [from, to) of a stream in order, in pieces. Errc::unavailable: it does not come.
Result<void> read_range(
    store::LogBackend& backend, const store::Stream& stream, Offset from, Offset to,
    std::chrono::milliseconds deadline,
    const std::function<Result<void>(const std::vector<store::FetchedRecord>& fetched)>& take);

// A signed head as a record of topic `snap`, and the stream that it goes to.
std::vector<std::uint8_t> head_record(events::HeadSigned head);
inline const store::Stream heads_stream{store::Topic::snap, 0};

}  // namespace ars::runtime
