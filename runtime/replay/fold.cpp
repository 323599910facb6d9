#include "runtime/replay/fold.hpp"

#include "runtime/executor.hpp"
#include "runtime/limits.hpp"
#include "runtime/replay/stored.hpp"

#include <atomic>
#include <optional>

namespace ars::runtime {
namespace {

using events::Event;

// Takes the recorded facts into the states of their agents.
class StateFolder final : public StepVisitor {
 public:
  Result<void> step(AgentHost& host, const Event& input,
                    std::span<const Event* const> facts) override {
    return host.apply(input, facts);
  }
};

// The first difference that one stage met.
struct Finding {
  std::optional<Offset> at;
  Error error;
  void note(Offset where, Error what) {
    if (!at.has_value()) *this = {where, std::move(what)};
  }
};

// One partition: its agents, views and the stages that bring them forward.
class PartitionFold {
 public:
  PartitionFold(const store::EventLog& log, const ReplaySetup& setup, const LogOrigin& origin,
                std::uint16_t partition, std::vector<store::ProjectionPtr>& projections)
      : log_(log),
        origin_(origin),
        stream_{store::Topic::evt, partition},
        agents_(
            {origin.identity.cluster, partition, origin.identity.partitions, origin.identity.seed},
            *setup.kinds),
        keeper_(setup.make_keeper()),
        projections_(projections),
        reader_(log, stream_) {}

  // Brings everything to the tail. The stages run side by side, each in log order.
  void run() {
    std::vector<Chunk> chunks(limits::replay_chunks);
    run_pipeline(chunks.size(),
                 [&](std::size_t slot) { return !stop_.load() && reader_.fill(chunks[slot]); },
                 {{Order::any, [&](std::size_t slot) { decode(chunks[slot], stream_); }},
                  {Order::in_turn, [&](std::size_t slot) { fold_states(chunks[slot]); }},
                  {Order::in_turn, [&](std::size_t slot) { fold_projections(chunks[slot]); }},
                  {Order::in_turn, [&](std::size_t slot) { fold_views(chunks[slot]); }}});
  }

  // The difference with the lowest offset; context empty: none.
  Error finding() const {
    const Finding* first = nullptr;
    for (const auto* each : {&states_, &views_}) {
      if (each->at.has_value() && (first == nullptr || *each->at < *first->at)) first = each;
    }
    return first == nullptr ? Error{} : first->error;
  }

  const AgentSet& agents() const { return agents_; }
  const StreamEnd& end() const { return end_; }

 private:
  void fold_states(const Chunk& chunk) {
    if (states_.at.has_value()) return;
    for (const auto& batch : batches_of(chunk, stream_)) {
      if (auto walked = walk_batch(batch, origin_, agents_, folder_); !walked) {
        stop_at(states_, batch.first.offset, walked.error());
        return;
      }
      if (auto same = check_snapshots(batch, agents_); !same) {
        stop_at(states_, batch.first.offset, same.error());
        return;
      }
      end_.note(batch);
    }
    if (!chunk.error.context.empty()) {
      stop_at(states_, Offset(chunk.first.value() + chunk.slices.size()), chunk.error);
    }
  }

  // A fence belongs to the log alone: no partition ever folded it.
  static bool is_fence(const Event& event) {
    return event.header.type_id == events::EpochFence::type_id;
  }

  void fold_projections(const Chunk& chunk) {
    for (std::size_t i = 0; i < chunk.slices.size(); ++i) {
      if (is_fence(chunk.events[i])) continue;
      const store::Pointer at{stream_, Offset(chunk.first.value() + i)};
      for (auto& projection : projections_)
        projection->apply(chunk.events[i], at);
    }
  }

  // A version is published where the log says so: it must come out with the same hash.
  void fold_views(const Chunk& chunk) {
    if (views_.at.has_value()) return;
    for (std::size_t i = 0; i < chunk.slices.size(); ++i) {
      const auto& event = chunk.events[i];
      const store::Pointer at{stream_, Offset(chunk.first.value() + i)};
      const auto* published = event.as<events::ViewPublished>();
      if (published == nullptr) {
        if (!is_fence(event)) keeper_->observe(event, at);
        continue;
      }
      if (auto same = check_view(log_, *keeper_, *published, at); !same) {
        stop_at(views_, at.offset, same.error());
        return;
      }
    }
  }

  void stop_at(Finding& finding, Offset at, Error error) {
    finding.note(at, std::move(error));
    stop_.store(true);
  }

  const store::EventLog& log_;
  const LogOrigin& origin_;
  store::Stream stream_;
  AgentSet agents_;
  std::unique_ptr<ViewKeeper> keeper_;
  std::vector<store::ProjectionPtr>& projections_;
  ChunkReader reader_;
  StateFolder folder_;
  StreamEnd end_;
  Finding states_;
  Finding views_;
  // SHARED: a stage that met a difference tells the reader, which runs ahead on another thread.
  std::atomic<bool> stop_{false};
};

}  // namespace

Result<FoldReport> fold(const store::EventLog& log, const ReplaySetup& setup) {
  FoldReport report;
  ARS_TRY(const auto origin, read_origin(log));
  report.events = origin.events;
  auto projections = store::make_projections();
  std::vector<std::pair<AgentId, Bytes32>> hashes;
  for (std::uint16_t partition = 0; partition < origin.identity.partitions; ++partition) {
    PartitionFold part(log, setup, origin, partition, projections);
    part.run();
    report.events += part.end().records;
    report.batches += part.end().batches;
    const auto found = part.finding();
    if (found.code != Errc::corrupt && found.code != Errc::invalid) return outcome::failure(found);
    if (report.difference.empty()) report.difference = found.context;
    const auto own = hashes_of(part.agents());
    if (report.difference.empty()) report.difference = compare_states(log, part.agents(), own);
    if (report.difference.empty())
      report.difference = compare_mark(log, part.agents().identity(), part.end());
    hashes.insert(hashes.end(), own.begin(), own.end());
  }
  if (report.difference.empty()) report.difference = compare_projections(log, projections);
  report.agents = hashes.size();
  report.state_hash = state_hash_of(std::move(hashes), projections);
  report.equal = report.difference.empty();
  return report;
}

}  // namespace ars::runtime
