#include "runtime/replay/stored.hpp"

#include "events/codec/view.hpp"
#include "runtime/executor.hpp"

#include <algorithm>

namespace ars::runtime {
namespace {

const AgentHost* host_named(const AgentSet& agents, std::string_view name) {
  // An entity's name is its host's, a slash, and its key.
  auto cut = name.size();
  while (true) {
    const auto found = agents.hosts().find(std::string(name.substr(0, cut)));
    if (found != agents.hosts().end()) return found->second.get();
    cut = cut == 0 ? name.npos : name.rfind('/', cut - 1);
    if (cut == name.npos) return nullptr;
  }
}

const Bytes32* find_hash(const StateHashes& hashes, const AgentId& agent) {
  const auto at =
      std::lower_bound(hashes.begin(), hashes.end(), agent,
                       [](const auto& each, const AgentId& id) { return each.first < id; });
  return at == hashes.end() || at->first != agent ? nullptr : &at->second;
}

// Stored rows by the host that keeps them.
Result<std::map<const AgentHost*, std::vector<AgentRow>>> stored_rows(const store::EventLog& log,
                                                                      const AgentSet& agents) {
  std::map<const AgentHost*, std::vector<AgentRow>> out;
  Error broken;
  log.each(store::family::state, "", [&](std::string_view key, ByteSpan value) {
    auto row = decode_row(value);
    if (!row) {
      broken = within(fmt::format("stored state {}", to_hex(as_bytes(key))), row.error());
      return false;
    }
    if (ByteSpan(row.value().agent.value()).size() != key.size() ||
        as_text(row.value().agent.value()) != key) {
      broken = {Errc::corrupt, fmt::format("stored state {} is of agent {}", to_hex(as_bytes(key)),
                                           to_hex(row.value().agent))};
      return false;
    }
    const auto* host = host_named(agents, row.value().name);
    if (host == nullptr) {
      broken = {Errc::corrupt, fmt::format("a state is stored for {}, which no composition has",
                                           row.value().name)};
      return false;
    }
    out[host].push_back(std::move(row).value());
    return true;
  });
  if (!broken.context.empty()) return outcome::failure(broken);
  ARS_TRY(log.health());
  return out;
}

// The stored rows of one host, opened and hashed, against the fold.
std::string compare_rows(const AgentSet& agents, const AgentHost& host,
                         const std::vector<AgentRow>& rows, const StateHashes& folded) {
  auto probe = agents.probe(host);
  for (const auto& row : rows) {
    if (auto opened = probe.restore(row); !opened) {
      return fmt::format("stored state of {}: {}", row.name, opened.error().context);
    }
  }
  const auto stored = probe.state_hashes();
  for (const auto& row : rows) {
    const auto* fold = find_hash(folded, row.agent);
    if (fold == nullptr) {
      return fmt::format("a state is stored for {}, which the log never gave an input", row.name);
    }
    const auto* kept = find_hash(stored, row.agent);
    if (*kept != *fold) {
      return fmt::format("state of {} at sequence {}: stored {}, folded {}", row.name,
                         row.agg_seq.value(), to_hex(ByteSpan(*kept)), to_hex(ByteSpan(*fold)));
    }
  }
  return {};
}

}  // namespace

void StreamEnd::note(const BatchView& batch) {
  records += batch.events.size();
  if (const auto* formed = batch.events.front().as<events::BatchFormed>()) {
    ++batches;
    newest = *formed;
  }
  const auto& system = batch.events.front().header.agent_id;
  for (const auto& event : batch.events) {
    const auto& header = event.header;
    if (header.agent_id == system && header.agg_seq.value() > 0)
      system_sequence = header.agg_seq.value();
  }
}

StateHashes hashes_of(const AgentSet& agents) {
  std::vector<const AgentHost*> hosts;
  for (const auto& [name, host] : agents.hosts())
    hosts.push_back(host.get());
  std::vector<StateHashes> parts(hosts.size());
  run_each(hosts.size(), [&](std::size_t i) { parts[i] = hosts[i]->state_hashes(); });
  StateHashes out;
  for (auto& part : parts)
    out.insert(out.end(), part.begin(), part.end());
  std::sort(out.begin(), out.end());
  return out;
}

Bytes32 state_hash_of(StateHashes hashes, const std::vector<store::ProjectionPtr>& projections) {
  std::sort(hashes.begin(), hashes.end());
  Sha256 hasher;
  for (const auto& [agent, hash] : hashes)
    hasher.update(agent.value()).update(hash);
  for (const auto& projection : projections)
    hasher.update(projection->content_hash());
  return hasher.digest();
}

std::string compare_states(const store::EventLog& log, const AgentSet& agents,
                           const StateHashes& folded) {
  auto rows = stored_rows(log, agents);
  if (!rows) return rows.error().context;
  std::vector<std::pair<const AgentHost*, std::vector<AgentRow>>> groups(rows.value().begin(),
                                                                         rows.value().end());
  std::size_t stored = 0;
  for (const auto& group : groups)
    stored += group.second.size();
  std::vector<std::string> found(groups.size());
  run_each(groups.size(), [&](std::size_t i) {
    found[i] = compare_rows(agents, *groups[i].first, groups[i].second, folded);
  });
  for (auto& difference : found) {
    if (!difference.empty()) return std::move(difference);
  }
  if (stored != folded.size()) {
    return fmt::format("{} states are stored, the log gives {}", stored, folded.size());
  }
  return {};
}

std::string compare_mark(const store::EventLog& log, const HostIdentity& identity,
                         const StreamEnd& end) {
  const auto bytes =
      log.get(store::family::checkpoint, fmt::format("partition/{}", identity.partition));
  if (!bytes.has_value()) {
    return end.records == 0
               ? ""
               : fmt::format("partition {} has records, but no mark", identity.partition);
  }
  const auto mark = events::from_bytes<PartitionMark>(*bytes);
  if (!mark) return "the partition's mark: " + mark.error().context;
  const auto& stored = mark.value();
  const auto differs = [&](std::string_view what, std::uint64_t kept, std::uint64_t folded) {
    return kept == folded ? std::string()
                          : fmt::format("partition {}: {} is stored as {}, the log says {}",
                                        identity.partition, what, kept, folded);
  };
  for (auto each :
       {differs("the batch", stored.batch, end.newest.batch.value()),
        differs("the source position", stored.position, end.newest.source_position),
        differs("the interactions", stored.interactions, end.newest.interactions),
        differs("the system's sequence", stored.system_sequence, end.system_sequence)}) {
    if (!each.empty()) return each;
  }
  return {};
}

std::string compare_projections(const store::EventLog& log,
                                const std::vector<store::ProjectionPtr>& folded) {
  auto stored = store::make_projections();
  std::vector<std::string> found(folded.size());
  run_each(folded.size(), [&](std::size_t i) {
    const auto name = fmt::format("p.{}", stored[i]->name());
    log.each(name, "", [&](std::string_view key, ByteSpan value) {
      if (auto loaded = stored[i]->load(key, value); !loaded) {
        found[i] = fmt::format("{}: {}", name, loaded.error().context);
      }
      return found[i].empty();
    });
    if (!found[i].empty()) return;
    const auto kept = stored[i]->content_hash();
    const auto hash = folded[i]->content_hash();
    if (kept != hash) {
      found[i] = fmt::format("projection {}: stored {}, folded {}", stored[i]->name(),
                             to_hex(ByteSpan(kept)), to_hex(ByteSpan(hash)));
    }
  });
  for (auto& difference : found) {
    if (!difference.empty()) return std::move(difference);
  }
  return {};
}

Result<void> check_snapshots(const BatchView& batch, const AgentSet& agents) {
  std::map<const AgentHost*, StateHashes> hashed;  // each host once, however many snapshots it has
  for (const auto& event : batch.events) {
    const auto* taken = event.as<events::SnapshotTaken>();
    if (taken == nullptr) continue;
    const auto* host = host_named(agents, taken->agent);
    auto& hashes = hashed[host];
    if (hashes.empty() && host != nullptr) hashes = host->state_hashes();
    const auto* hash = find_hash(hashes, taken->agent_id);
    if (hash == nullptr || *hash != taken->state_hash) {
      return fail(Errc::corrupt, fmt::format("{}: the snapshot of {} has state hash {}, folded {}",
                                             store::to_string(batch.at(event)), taken->agent,
                                             to_hex(ByteSpan(taken->state_hash)),
                                             hash == nullptr ? "none" : to_hex(ByteSpan(*hash))));
    }
  }
  return success();
}

Result<void> check_view(const store::EventLog& log, ViewKeeper& keeper,
                        const events::ViewPublished& published, const store::Pointer& at) {
  const auto made = keeper.publish(published.view, published.until);
  if (made.fact.version != published.version || made.fact.sha256 != published.sha256) {
    return fail(Errc::corrupt,
                fmt::format("{}: view {} version {} has sha256 {}, folded version {} with {}",
                            store::to_string(at), published.view, published.version.value(),
                            to_hex(ByteSpan(published.sha256)), made.fact.version.value(),
                            to_hex(ByteSpan(made.fact.sha256))));
  }
  const auto stored = log.get(store::family::view, made.key);
  if (!stored.has_value() || *stored != made.delta) {
    return fail(Errc::corrupt,
                fmt::format("{}: the stored delta of view {} version {} {}", store::to_string(at),
                            published.view, published.version.value(),
                            stored.has_value() ? "is another one" : "is missing"));
  }
  return success();
}

}  // namespace ars::runtime
