#include "runtime/replay/rebuild.hpp"

#include "events/codec/view.hpp"
#include "runtime/limits.hpp"
#include "runtime/replay/stored.hpp"

#include <algorithm>

namespace ars::runtime {
namespace {

using events::Event;

Result<void> commit(store::EventLog& log, std::vector<store::Write> writes) {
  store::Batch batch;
  batch.writes = std::move(writes);
  ARS_TRY([[maybe_unused]] auto none, log.commit(batch));
  return success();
}

// Deletes a family's rows.
Result<void> clear(store::EventLog& log, std::string_view family) {
  std::vector<store::Write> writes;
  log.each(family, "", [&](std::string_view key, ByteSpan) {
    writes.push_back({std::string(family), std::string(key), std::nullopt});
    return true;
  });
  ARS_TRY(log.health());
  if (writes.empty()) return success();
  return commit(log, std::move(writes));
}

// One partition, folded batch by batch.
class PartitionRebuild {
 public:
  PartitionRebuild(store::EventLog& log, const ReplaySetup& setup, const LogOrigin& origin,
                   std::uint16_t partition, std::vector<store::ProjectionPtr>& projections)
      : log_(log),
        origin_(origin),
        stream_{store::Topic::evt, partition},
        agents_(
            {origin.identity.cluster, partition, origin.identity.partitions, origin.identity.seed},
            *setup.kinds),
        keeper_(setup.make_keeper()),
        projections_(projections) {}

  Result<void> run() {
    ChunkReader reader(log_, stream_);
    Chunk chunk;
    while (reader.fill(chunk)) {
      decode(chunk, stream_);
      for (const auto& batch : batches_of(chunk, stream_))
        ARS_TRY(take(batch));
      if (!chunk.error.context.empty()) return outcome::failure(chunk.error);
      note_hashes(chunk);
      if (!views_.empty()) ARS_TRY(commit(log_, std::exchange(views_, {})));
    }
    return success();
  }

  // Rows of states, and the mark. Failed attempts and quarantines are not taken over: an agent that
  // failed elsewhere begins anew here.
  Result<std::vector<store::Write>> rows() {
    std::vector<store::Write> out;
    for (const auto& [name, host] : agents_.hosts()) {
      for (auto& row : host->snapshot(false)) {
        row.last_hash = last_hash_[row.agent];
        row.batch = written_in_[row.agent];
        out.push_back(state_write(row));
        ++agent_count_;
      }
    }
    ARS_TRY(auto mark, mark_write());
    out.push_back(std::move(mark));
    return out;
  }

  std::uint64_t events() const { return end_.records; }
  std::uint64_t agents() const { return agent_count_; }

 private:
  static bool is_fence(const Event& event) {
    return event.header.type_id == events::EpochFence::type_id;
  }

  Result<void> take(const BatchView& batch) {
    ARS_TRY(walk_batch(batch, origin_, agents_, folder_));
    ARS_TRY(check_snapshots(batch, agents_));
    end_.note(batch);
    for (const auto& [name, host] : agents_.hosts()) {
      for (const auto& row : host->drain())
        written_in_[row.agent] = end_.newest.batch;
    }
    for (const auto& event : batch.events) {
      const auto at = batch.at(event);
      log_time_ns_ = std::max(log_time_ns_, event.header.log_time_ns);
      if (const auto* fence = event.as<events::EpochFence>()) {
        epoch_ = fence->epoch;
        continue;
      }
      for (auto& projection : projections_)
        projection->apply(event, at);
      ARS_TRY(take_into_views(event, at));
    }
    return success();
  }

  Result<void> take_into_views(const Event& event, const store::Pointer& at) {
    const auto* published = event.as<events::ViewPublished>();
    if (published == nullptr) {
      keeper_->observe(event, at);
      return success();
    }
    auto made = keeper_->publish(published->view, published->until);
    if (made.fact.version != published->version || made.fact.sha256 != published->sha256) {
      return fail(Errc::corrupt,
                  fmt::format("{}: view {} version {} comes out with another hash",
                              store::to_string(at), published->view, published->version.value()));
    }
    views_.push_back(
        {std::string(store::family::view), std::move(made.key), std::move(made.delta)});
    return success();
  }

  // Event hashes are of stored bytes, which only the chunk has.
  void note_hashes(const Chunk& chunk) {
    for (std::size_t i = 0; i < chunk.slices.size(); ++i) {
      const auto& header = chunk.events[i].header;
      if (header.agg_seq.value() == 0) continue;
      const auto* bytes =
          reinterpret_cast<const std::uint8_t*>(chunk.arena.data() + chunk.slices[i].word);
      last_hash_[header.agent_id] = events::event_hash({bytes, chunk.slices[i].size});
    }
  }

  Result<store::Write> mark_write() {
    PartitionMark mark;
    mark.batch = end_.newest.batch.value();
    mark.position = end_.newest.source_position;
    mark.interactions = end_.newest.interactions;
    mark.system_sequence = end_.system_sequence;
    mark.epoch = epoch_.value();
    mark.log_time_ns = std::max(log_time_ns_, origin_.log_time_ns);
    mark.composition = origin_.compositions.rbegin()->second;
    const auto system =
        events::mint_agent_id(origin_.identity.cluster, fmt::format("system/{}", stream_.partition),
                              stream_.partition, origin_.identity.partitions);
    mark.system_hash = last_hash_[system];
    return mark_write_of(stream_.partition, mark);
  }

  store::EventLog& log_;
  const LogOrigin& origin_;
  store::Stream stream_;
  AgentSet agents_;
  std::unique_ptr<ViewKeeper> keeper_;
  std::vector<store::ProjectionPtr>& projections_;
  StateFolder folder_;
  StreamEnd end_;
  Epoch epoch_;
  std::uint64_t log_time_ns_ = 0;
  std::uint64_t agent_count_ = 0;
  std::map<AgentId, Bytes32> last_hash_;
  std::map<AgentId, BatchNumber> written_in_;
  std::vector<store::Write> views_;
};

}  // namespace

Result<RebuildReport> rebuild(store::EventLog& log, const ReplaySetup& setup,
                              std::vector<store::Write> last) {
  RebuildReport report;
  ARS_TRY(const auto origin, read_origin(log));
  report.events = origin.events;
  auto projections = store::make_projections();
  ARS_TRY(clear(log, store::family::state));
  ARS_TRY(clear(log, store::family::view));
  for (const auto& projection : projections)
    ARS_TRY(clear(log, fmt::format("p.{}", projection->name())));
  std::vector<store::Write> rows;
  for (std::uint16_t partition = 0; partition < origin.identity.partitions; ++partition) {
    PartitionRebuild part(log, setup, origin, partition, projections);
    ARS_TRY(part.run());
    ARS_TRY(auto own, part.rows());
    std::move(own.begin(), own.end(), std::back_inserter(rows));
    report.events += part.events();
    report.agents += part.agents();
  }
  for (auto& projection : projections) {
    auto own = projection->drain();
    std::move(own.begin(), own.end(), std::back_inserter(rows));
  }
  // In pieces: `last` makes it whole, and without it all of this is done again.
  while (rows.size() > limits::rebuild_writes_max) {
    const auto cut = rows.end() - limits::rebuild_writes_max;
    ARS_TRY(commit(log, {std::make_move_iterator(cut), std::make_move_iterator(rows.end())}));
    rows.erase(cut, rows.end());
  }
  std::move(last.begin(), last.end(), std::back_inserter(rows));
  ARS_TRY(commit(log, std::move(rows)));
  return report;
}

}  // namespace ars::runtime
