// The rewiring protocol of a partition (docs/design.md): each state is one synced ctl event, so
// that a crash in any of them resumes from it. It runs between batches: nothing is in flight then,
// and the offset of the barrier separates what was decided under the old version from the new.
#include "events/base/narrow.hpp"
#include "events/codec/view.hpp"
#include "runtime/event_sourced/partition.hpp"

namespace ars::runtime {

using events::RewireAdvanced;
using events::RewireState;

bool PartitionCore::rewire_wanted() const {
  return setup_.keeper->wanted().agents != mark_.composition.agents;
}

Result<void> PartitionCore::rewire_step(RewireAdvanced step, std::vector<store::Write> writes) {
  const auto id = fmt::format("rewire/{}/{}", step.to_version, to_underlying(step.state));
  auto event = events::Envelope{};
  event.agent_id = system_;
  event.log_time_ns = ++mark_.log_time_ns;
  event.event_id = events::make_ingress_id(event.log_time_ns, "ctl", id);
  event.composition_version = CompositionVersion(mark_.composition.version);
  event.owner_epoch = Epoch(mark_.epoch);
  store::Batch batch;
  batch.appends.push_back({ctl_, events::seal(event, std::move(step))->stored});
  batch.writes.push_back({std::string(store::family::checkpoint),
                          fmt::format("partition/{}", setup_.identity.partition),
                          events::to_bytes(mark_)});
  for (auto& write : writes)
    batch.writes.push_back(std::move(write));
  ARS_TRY([[maybe_unused]] auto at, setup_.log->commit(batch));
  return success();
}

// The newest step of the protocol; an owner's claim may have come after it.
Result<std::optional<RewireAdvanced>> PartitionCore::newest_step() const {
  for (auto next = setup_.log->head(ctl_).next.value(); next > 0; --next) {
    ARS_TRY(const auto record, setup_.log->read({ctl_, Offset(next - 1)}, 1));
    ARS_TRY(const auto event, events::open_event(record.at(0).stored));
    if (const auto* step = event->as<RewireAdvanced>()) return std::optional(*step);
    if (event->as<events::OwnerClaimed>() == nullptr) break;
  }
  return std::optional<RewireAdvanced>();
}

// A crash between SWITCHED and RETIRED: the composition is the new one, only the last word is
// missing.
Result<void> PartitionCore::end_switch() {
  ARS_TRY(auto step, newest_step());
  if (!step.has_value() || step->state != RewireState::switched) return success();
  step->state = RewireState::retired;
  step->composition = {};
  return rewire_step(*step);
}

Result<void> PartitionCore::rewire(
    const std::function<void(const RouteTable&, const CompositionDifference&)>& spawn,
    const std::function<Result<std::vector<AgentRow>>(const std::string&)>& snapshot) {
  // Where a crash left the protocol: the newest ctl record, if it belongs to this step.
  auto next = setup_.keeper->wanted();
  next.version = mark_.composition.version + 1;
  auto reached = RewireState::aborted;
  ARS_TRY(const auto newest, newest_step());
  if (newest.has_value() && newest->to_version == next.version) reached = newest->state;
  const auto done = [&](RewireState state) {
    return reached != RewireState::aborted && to_underlying(state) <= to_underlying(reached);
  };
  RewireAdvanced step;
  step.from_version = mark_.composition.version;
  step.to_version = next.version;
  std::vector<store::Write> leaving;
  const auto advance = [&](RewireState state) -> Result<void> {
    step.state = state;
    if (done(state)) return success();
    return rewire_step(step, std::exchange(leaving, {}));
  };
  step.composition = next;
  step.reason = "the plans in use ask for other agents";
  ARS_TRY(advance(RewireState::proposed));
  step.composition = {};
  auto routes = RouteTable::build(next);
  for (const auto& entry : next.agents) {
    if (routes.has_value() && !setup_.kinds->contains(entry.kind)) {
      routes = fail(Errc::invalid, fmt::format("no kind {} for agent {}", entry.kind, entry.agent));
    }
  }
  if (!routes) {
    step.reason = routes.error().context;
    ARS_TRY(advance(RewireState::aborted));
    return ars::outcome::failure(routes.error());
  }
  ARS_TRY(advance(RewireState::validated));
  step.barrier_offset = setup_.log->head(evt_).next.value();
  ARS_TRY(advance(RewireState::barrier));
  ARS_TRY(advance(RewireState::draining));
  const auto change = difference(mark_.composition, next);
  for (const auto& entry : change.removed) {
    ARS_TRY(auto stored, snapshot(entry.agent));
    const auto rows = snapshots_.hashed(std::move(stored), entry);
    for (const auto& row : rows)
      step.reason = fmt::format("{} {}", row.name, to_hex(row.state_hash));
    for (auto& write : snapshots_.retire(rows, BatchNumber(mark_.batch)))
      leaving.push_back(std::move(write));
  }
  ARS_TRY(advance(RewireState::snapshotted));
  step.reason.clear();
  for (const auto& entry : change.added)
    step.reason += "+" + entry.agent + " ";
  for (const auto& entry : change.removed)
    step.reason += "-" + entry.agent + " ";
  spawn(*routes.value(), change);
  ARS_TRY(advance(RewireState::spawned));
  // Switching is the one state that changes the stored composition: both in one batch.
  mark_.composition = next;
  step.composition = next;
  ARS_TRY(advance(RewireState::switched));
  routes_ = routes.value();
  step.composition = {};
  return advance(RewireState::retired);
}

}  // namespace ars::runtime
