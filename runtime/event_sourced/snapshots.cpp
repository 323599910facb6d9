#include "runtime/event_sourced/snapshots.hpp"

#include "events/codec/canonical.hpp"
#include "events/codec/view.hpp"
#include "runtime/limits.hpp"
#include "store/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::runtime {
namespace {

struct StoredCut {
  BatchNumber batch;
  Offset until;
  CompositionVersion composition;
  static constexpr auto fields = std::tuple{
      events::field(0, "batch", &StoredCut::batch), events::field(1, "until", &StoredCut::until),
      events::field(2, "composition", &StoredCut::composition)};
};

std::string cut_prefix(std::uint16_t partition) { return fmt::format("cut/{}/", partition); }
std::string cut_key(std::uint16_t partition, BatchNumber batch) {
  return fmt::format("{}{:020}", cut_prefix(partition), batch.value());
}

}  // namespace

Result<std::vector<Cut>> stored_cuts(const store::EventLog& log, std::uint16_t partition) {
  std::vector<Cut> out;
  Error broken;
  log.each(store::family::checkpoint, cut_prefix(partition), [&](std::string_view, ByteSpan value) {
    const auto stored = events::from_bytes<StoredCut>(value);
    if (!stored.has_value()) {
      broken = stored.error();
      return false;
    }
    const auto& cut = stored.value();
    out.push_back({cut.batch, cut.until, cut.composition});
    return true;
  });
  if (!broken.context.empty()) return outcome::failure(within("a snapshot's cut", broken));
  return out;
}

Result<std::vector<AgentRow>> rows_at(const store::EventLog& log, const Cut& cut) {
  std::vector<AgentRow> out;
  std::string taken;  // the agent whose row at the cut was found
  Error broken;
  log.each(store::family::snapshot, "", [&](std::string_view key, ByteSpan value) {
    const auto agent = key.substr(0, sizeof(Bytes16));
    if (agent == taken || store::snapshot_batch(key) > cut.batch) return true;
    taken = agent;
    auto row = decode_row(value);
    if (!row.has_value()) {
      broken = within(fmt::format("snapshot of {}", to_hex(as_bytes(agent))), row.error());
      return false;
    }
    out.push_back(std::move(row).value());
    return true;
  });
  if (!broken.context.empty()) return outcome::failure(broken);
  ARS_TRY(log.health());
  return out;
}

Result<void> Snapshots::load(const store::EventLog& log) {
  cuts_.clear();
  waiting_.clear();
  ARS_TRY(const auto cuts, stored_cuts(log, identity_.partition));
  for (const auto& cut : cuts)
    cuts_.push_back(cut.batch);
  return success();
}

void Snapshots::changed(const AgentId& agent, BatchNumber batch) {
  // A row without a batch was written before there were snapshots.
  const bool kept = !cuts_.empty() && batch <= cuts_.back() && batch.value() != 0;
  if (!kept && every_batches_ != 0) waiting_.insert(agent);
}

std::vector<AgentRow> Snapshots::hashed(std::vector<AgentRow> rows,
                                        const events::AgentEntry& entry) const {
  AgentHost probe(identity_, kinds_.at(entry.kind), entry);
  for (const auto& row : rows) {
    const auto opened = probe.restore(row);
    ARS_CHECK(opened.has_value(), "the state of {} was encoded a moment ago", row.name);
  }
  const auto hashes = probe.state_hashes();
  for (auto& row : rows) {
    const auto found =
        std::lower_bound(hashes.begin(), hashes.end(), row.agent,
                         [](const auto& each, const AgentId& id) { return each.first < id; });
    row.state_hash = found->second;
  }
  return rows;
}

std::vector<AgentRow> Snapshots::rows(const store::EventLog& log,
                                      const std::vector<AgentRow>& fresh,
                                      const std::vector<events::AgentEntry>& agents) {
  for (const auto& row : fresh)
    waiting_.insert(row.agent);
  std::map<std::size_t, std::vector<AgentRow>> by_entry;
  const auto add = [&](AgentRow row) {
    for (std::size_t i = 0; i < agents.size(); ++i) {
      if (!is_agent_of(row.name, agents[i].agent)) continue;
      by_entry[i].push_back(std::move(row));
      return;
    }
    // Nobody of this composition: it was stored when it left.
  };
  auto next = fresh.begin();  // in id order, as waiting_ is
  for (const auto& agent : waiting_) {
    if (next != fresh.end() && next->agent == agent) {
      add(*next++);
      continue;
    }
    const auto stored =
        log.get(store::family::state, std::string(as_text(ByteSpan(agent.value()))));
    if (!stored.has_value()) continue;
    auto row = decode_row(*stored);
    ARS_CHECK(row.has_value(), "a stored state row was verified at recovery");
    add(std::move(row).value());
  }
  waiting_.clear();
  std::vector<AgentRow> out;
  for (auto& [entry, rows] : by_entry) {
    for (auto& row : hashed(std::move(rows), agents[entry]))
      out.push_back(std::move(row));
  }
  std::sort(out.begin(), out.end(),
            [](const AgentRow& a, const AgentRow& b) { return a.agent < b.agent; });
  return out;
}

std::vector<store::Write> Snapshots::writes(const store::EventLog& log,
                                            const std::vector<AgentRow>& rows, const Cut& cut) {
  std::vector<store::Write> out;
  cuts_.push_back(cut.batch);
  out.push_back({std::string(store::family::checkpoint), cut_key(identity_.partition, cut.batch),
                 events::to_bytes(StoredCut{cut.batch, cut.until, cut.composition})});
  while (cuts_.size() > limits::snapshot_cuts_kept) {
    out.push_back({std::string(store::family::checkpoint),
                   cut_key(identity_.partition, cuts_.front()), std::nullopt});
    cuts_.pop_front();
  }
  for (const auto& row : rows) {
    out.push_back(store::snapshot_write(row.agent, cut.batch, encode_row(row)));
    // Of what lies before the oldest cut, that cut needs the newest one only.
    bool needed = true;
    log.each(store::family::snapshot, as_text(ByteSpan(row.agent.value())),
             [&](std::string_view key, ByteSpan) {
               const bool old = store::snapshot_batch(key) <= cuts_.front();
               if (old && !needed) {
                 out.push_back({std::string(store::family::snapshot), std::string(key), {}});
               }
               needed = needed && !old;
               return true;
             });
  }
  return out;
}

std::vector<store::Write> Snapshots::retire(const std::vector<AgentRow>& rows, BatchNumber batch) {
  std::vector<store::Write> out;
  if (every_batches_ == 0) return out;
  for (const auto& row : rows)
    out.push_back(store::snapshot_write(row.agent, batch, encode_row(row)));
  return out;
}

}  // namespace ars::runtime
