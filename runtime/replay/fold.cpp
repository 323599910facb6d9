#include "runtime/replay/fold.hpp"

#include "runtime/executor.hpp"
#include "runtime/limits.hpp"
#include "runtime/replay/stored.hpp"

#include <atomic>
#include <optional>

namespace ars::runtime {
namespace {

using events::Event;

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

namespace {

// The agents of a partition as they stood at a cut.
Result<AgentSet> agents_at(const store::EventLog& log, const ReplaySetup& setup,
                           const LogOrigin& origin, std::uint16_t partition, const Cut& cut) {
  AgentSet agents(
      {origin.identity.cluster, partition, origin.identity.partitions, origin.identity.seed},
      *setup.kinds);
  ARS_TRY(auto rows, rows_at(log, cut));
  agents.give(std::move(rows));
  // Agents that left before the cut may come back after it.
  for (const auto& [version, composition] : origin.compositions) {
    if (version <= cut.composition.value()) ARS_TRY(agents.wire(composition));
  }
  return agents;
}

// Walks a partition from an offset to its tail; the first difference in words, empty when none.
Result<std::string> follow(const store::EventLog& log, const LogOrigin& origin, AgentSet& agents,
                           const store::Pointer& from, StreamEnd& end) {
  ChunkReader reader(log, from.stream, from.offset);
  StateFolder folder;
  Chunk chunk;
  while (reader.fill(chunk)) {
    if (chunk.error.context.empty()) decode(chunk, from.stream);
    for (const auto& batch : batches_of(chunk, from.stream)) {
      auto walked = walk_batch(batch, origin, agents, folder);
      if (walked.has_value()) walked = check_snapshots(batch, agents);
      if (!walked.has_value() && walked.error().code == Errc::corrupt)
        return walked.error().context;
      ARS_TRY(std::move(walked));
      end.note(batch);
    }
    if (!chunk.error.context.empty() && chunk.error.code == Errc::corrupt) {
      return chunk.error.context;
    }
    if (!chunk.error.context.empty()) return outcome::failure(chunk.error);
  }
  return std::string();
}

}  // namespace

Result<FoldReport> fold_from(const store::EventLog& log, const ReplaySetup& setup,
                             std::uint16_t partition, const Cut& cut) {
  FoldReport report;
  ARS_TRY(const auto origin, read_origin(log));
  ARS_TRY(auto agents, agents_at(log, setup, origin, partition, cut));
  const store::Pointer from{{store::Topic::evt, partition}, cut.until};
  StreamEnd end;
  ARS_TRY(report.difference, follow(log, origin, agents, from, end));
  report.events = end.records;
  report.batches = end.batches;
  auto hashes = hashes_of(agents);
  if (report.difference.empty()) report.difference = compare_states(log, agents, hashes);
  report.agents = hashes.size();
  report.state_hash = state_hash_of(std::move(hashes), {});
  report.equal = report.difference.empty();
  return report;
}

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
