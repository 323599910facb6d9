// A backend that is a shelf: records lie in vectors, and a test may put there what it likes. And an
// owner of toys: a log with its key, as the first node of a cluster makes it. One thread.
#pragma once

#include "runtime/dispatch/publisher.hpp"
#include "store/audit/signed_head.hpp"
#include "test/runtime/replay/toy_world.hpp"

#include <functional>
#include <map>

namespace toys {

using Bytes = std::vector<std::uint8_t>;
inline const store::Stream evt{store::Topic::evt, 0};
inline const store::Stream ctl{store::Topic::ctl, 0};

class Shelf final : public store::LogBackend {
 public:
  std::map<store::Stream, std::vector<Bytes>> records;
  std::function<void(const store::Stream&)> before_append;  // somebody is faster
  std::uint64_t outages = 0;                                // appends that are not answered

  std::string_view name() const override { return "shelf"; }
  Result<Offset> append(const store::Stream& stream, std::span<const Bytes> more,
                        std::chrono::milliseconds) override {
    if (before_append) std::exchange(before_append, {})(stream);
    if (outages > 0) {
      --outages;
      return fail(Errc::unavailable, "nobody answers");
    }
    auto& there = records[stream];
    const Offset first(there.size());
    there.insert(there.end(), more.begin(), more.end());
    return first;
  }
  Result<std::vector<store::FetchedRecord>> fetch(const store::Stream& stream, Offset from,
                                                  std::size_t max,
                                                  std::chrono::milliseconds) override {
    const auto& there = records[stream];
    std::vector<store::FetchedRecord> out;
    for (auto at = from.value(); at < there.size() && out.size() < max; ++at)
      out.push_back({Offset(at), there[at]});
    return out;
  }
  Result<store::Watermarks> watermarks(const store::Stream& stream,
                                       std::chrono::milliseconds) override {
    return store::Watermarks{Offset(0), Offset(records[stream].size())};
  }
  Result<void> prepare(std::uint16_t, std::chrono::milliseconds) override { return success(); }
  void stop() override {}
};

inline constexpr std::chrono::milliseconds patience{1000};

struct Owner {
  store::SigningKey key;
  std::unique_ptr<store::EventLog> log;

  explicit Owner(std::uint8_t number)
      : key(store::SigningKey::from_seed(sha256(std::string(1, static_cast<char>(number))))),
        log(store::MemoryLog::open(cluster).value()) {}

  std::string name() const { return runtime::node_name(key.public_key()); }

  // The records of a cluster's beginning.
  void create() {
    events::ClusterCreated created;
    created.cluster = cluster;
    created.partitions = 1;
    created.seed = 7;
    created.head_key = key.public_key();
    store::Batch batch;
    batch.appends.push_back({ctl, record(1, created)});
    batch.appends.push_back(
        {ctl, record(2, events::OwnerClaimed{0, name(), key.public_key(), {}})});
    batch.appends.push_back({evt, record(3, events::EpochFence{0, Epoch(1)})});
    runtime::PartitionMark mark;
    mark.epoch = 1;
    mark.log_time_ns = 3;
    batch.writes.push_back(runtime::mark_write_of(0, mark));
    ARS_CHECK(log->commit(batch).has_value(), "an empty log takes its first records");
  }
  static Bytes record(std::uint64_t time_ns, events::Payload payload, Epoch epoch = Epoch(1)) {
    events::Envelope header;
    header.agent_id = events::mint_agent_id(cluster, "system/0", 0, 1);
    header.log_time_ns = time_ns;
    header.event_id = events::make_ingress_id(time_ns, "ctl", std::to_string(time_ns));
    header.owner_epoch = epoch;
    return events::seal(header, std::move(payload))->stored;
  }

  runtime::Publisher publisher(Shelf& shelf) const {
    runtime::PublisherSetup setup;
    setup.log = log.get();
    setup.backend = &shelf;
    setup.head_key = key.public_key();
    setup.sign = [this](const store::Stream& stream) {
      return store::sign_head(cluster, log->head(stream), key);
    };
    return runtime::Publisher(std::move(setup));
  }
  Result<void> publish(Shelf& shelf) const { return publisher(shelf).publish(patience); }
};

inline std::vector<Bytes> records_of(const store::EventLog& log, const store::Stream& stream) {
  std::vector<Bytes> out;
  const auto scanned =
      log.scan({stream, Offset(0)}, [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
        out.emplace_back(stored.begin(), stored.end());
        return true;
      });
  ARS_CHECK(scanned.has_value(), "a log in memory reads");
  return out;
}

}  // namespace toys
