#include "runtime/replay/log_walk.hpp"

#include "events/base/narrow.hpp"
#include "runtime/limits.hpp"

#include <algorithm>
#include <cstring>

namespace ars::runtime {
namespace {

using events::Event;

std::string text_of(const store::Pointer& at) { return store::to_string(at); }

}  // namespace

bool opens_batch(std::uint32_t type_id) {
  return type_id == events::BatchFormed::type_id || type_id == events::StepAborted::type_id ||
         type_id == events::EpochFence::type_id;
}

Result<LogOrigin> read_origin(const store::EventLog& log) {
  LogOrigin out;
  const store::Stream ctl{store::Topic::ctl, 0};
  Error broken;
  ARS_TRY(
      log.scan({ctl, Offset(0)}, [&](const store::Pointer& at, const Bytes32&, ByteSpan stored) {
        Event event;
        if (auto opened = events::open_event_into(stored, event); !opened) {
          broken = within(text_of(at), opened.error());
          return false;
        }
        ++out.events;
        out.log_time_ns = std::max(out.log_time_ns, event.header.log_time_ns);
        if (const auto* created = event.as<events::ClusterCreated>(); created && out.events == 1) {
          out.identity = {created->cluster, 0, created->partitions, Seed(created->seed)};
        } else if (const auto* step = event.as<events::RewireAdvanced>();
                   step && step->state == events::RewireState::switched) {
          out.compositions[step->to_version] = step->composition;
        }
        return true;
      }));
  if (!broken.context.empty()) return outcome::failure(broken);
  if (out.identity.partitions == 0 || out.identity.cluster == ClusterId{}) {
    return fail(Errc::corrupt, "ctl/0/0: the log does not begin with ClusterCreated");
  }
  out.compositions[0];  // before the first rewiring nobody reads anything
  return out;
}

bool ChunkReader::fill(Chunk& chunk) {
  chunk.words = 0;
  chunk.slices.clear();
  chunk.first = next_;
  chunk.error = {};
  if (failed_) return false;
  const auto scanned =
      log_.scan({stream_, next_}, [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
        const bool full = chunk.words * 8 >= limits::replay_chunk_bytes;
        if (full && opens_batch(events::stored_type(stored))) return false;
        const auto words = (stored.size() + 7) / 8;
        if (chunk.arena.size() < chunk.words + words) {
          chunk.arena.resize(std::max(chunk.words + words, chunk.arena.size() * 2));
        }
        std::memcpy(chunk.arena.data() + chunk.words, stored.data(), stored.size());
        chunk.slices.push_back({chunk.words, stored.size()});
        chunk.words += words;
        return true;
      });
  next_ = Offset(next_.value() + chunk.slices.size());
  if (!scanned.has_value()) {
    failed_ = true;
    chunk.error = scanned.error();
    return true;
  }
  return !chunk.slices.empty();
}

void decode(Chunk& chunk, const store::Stream& stream) {
  if (chunk.events.size() < chunk.slices.size()) chunk.events.resize(chunk.slices.size());
  for (std::size_t i = 0; i < chunk.slices.size(); ++i) {
    const auto& slice = chunk.slices[i];
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(chunk.arena.data() + slice.word);
    const auto opened = events::open_event_into({bytes, slice.size}, chunk.events[i]);
    if (opened.has_value()) continue;
    const store::Pointer at{stream, Offset(chunk.first.value() + i)};
    chunk.error = within(text_of(at), opened.error());
    chunk.slices.resize(i);  // what lies before the bad record is still good
    return;
  }
}

store::Pointer BatchView::at(const Event& event) const {
  const auto index = narrow<std::uint64_t>(&event - events.data());
  return {first.stream, Offset(first.offset.value() + index)};
}

std::vector<BatchView> batches_of(const Chunk& chunk, const store::Stream& stream) {
  std::vector<BatchView> out;
  const auto all = chunk.decoded();
  std::size_t start = 0;
  for (std::size_t i = 1; i <= all.size(); ++i) {
    if (i < all.size() && !opens_batch(all[i].header.type_id)) continue;
    out.push_back({all.subspan(start, i - start), {stream, Offset(chunk.first.value() + start)}});
    start = i;
  }
  return out;
}

Result<void> AgentSet::wire(const events::Composition& composition) {
  ARS_TRY(const auto routes, RouteTable::build(composition));
  std::vector<AgentHost*> ordered;
  for (const auto& entry : composition.agents) {
    const auto kind = kinds_.find(entry.kind);
    if (kind == kinds_.end()) {
      return fail(Errc::unsupported, fmt::format("agent {} is of kind {}, which this build lacks",
                                                 entry.agent, entry.kind));
    }
    // A live partition spawns every agent of a new composition from its stored row.
    auto host = std::make_unique<AgentHost>(identity_, kind->second, entry);
    auto& known = hosts_[entry.agent];
    if (known != nullptr) {
      for (const auto& row : known->snapshot(false))
        ARS_TRY(host->restore(row));
    } else {
      for (const auto& row : given_) {
        if (is_agent_of(row.name, entry.agent)) ARS_TRY(host->restore(row));
      }
    }
    known = std::move(host);
    ordered.push_back(known.get());
  }
  readers_.clear();
  for (const auto& info : events::catalogue_types()) {
    auto& readers = readers_[info.type_id];
    for (const auto index : routes->readers(info.type_id))
      readers.push_back(ordered[index]);
  }
  version_ = composition.version;
  return success();
}

const std::vector<AgentHost*>& AgentSet::readers(std::uint32_t type_id) const {
  static const std::vector<AgentHost*> nobody;
  const auto found = readers_.find(type_id);
  return found == readers_.end() ? nobody : found->second;
}

AgentHost AgentSet::probe(const AgentHost& host) const {
  return AgentHost(identity_, kinds_.at(host.entry().kind), host.entry());
}

Result<void> StepVisitor::stage_over(std::span<const Event* const>) { return success(); }

namespace {

// A batch in the making: what is still to be dispatched, and which facts nobody owns yet. Log order
// is dispatch order, so both are queues.
struct Walk {
  std::vector<const Event*> dispatched;  // inputs, answers, facts of agents, BatchFormed
  std::vector<const Event*> facts;       // of agents
  std::size_t taken = 0;                 // of facts
  std::vector<std::pair<std::string, EventId>> skipped;
  std::vector<EventId> skip_facts;  // that say so

  bool skips(const std::string& agent, const EventId& input) const {
    for (const auto& [name, id] : skipped) {
      if (name == agent && id == input) return true;
    }
    return false;
  }

  // The facts that this host decided on input, taken from the front.
  std::span<const Event* const> take(AgentHost& host, const Event& input) {
    const auto start = taken;
    if (start == facts.size() || facts[start]->header.causation_id != input.header.event_id)
      return {};
    const auto agent = host.addressee(input).first;
    while (taken < facts.size() && facts[taken]->header.causation_id == input.header.event_id &&
           facts[taken]->header.agent_id == agent) {
      ++taken;
    }
    return {facts.data() + start, taken - start};
  }

  // How far the stage after [begin, end) reaches: its facts, then the answers to its questions;
  // without either, the inputs of the next wave.
  std::size_t next_stage(std::size_t begin, std::size_t end,
                         std::vector<const Event*>& answers) const {
    auto at = end;
    const auto* newest = taken == 0 ? nullptr : facts[taken - 1];
    while (at < dispatched.size() && newest != nullptr && dispatched[at] <= newest &&
           dispatched[at]->header.agg_seq.value() > 0) {
      ++at;
    }
    // Answers come in the order of the events that asked.
    for (auto asker = begin; at < dispatched.size(); ++at) {
      while (asker < end && !is_answer(*dispatched[at], *dispatched[asker], answers.size()))
        ++asker;
      if (asker == end) break;
      answers.push_back(dispatched[at]);
    }
    if (at > end) return at;
    // What was recorded in the stead of agents that were passed over names the skip.
    while (at < dispatched.size() && stands_in(dispatched[at]->header))
      ++at;
    if (at > end) return at;
    // A wave's inputs name BatchFormed; an answer that follows them directly names its asker.
    const auto& batch = dispatched.front()->header.event_id;
    while (at < dispatched.size() && dispatched[at]->header.agg_seq.value() == 0 &&
           dispatched[at]->header.causation_id == batch)
      ++at;
    return at;
  }

  bool stands_in(const events::Envelope& header) const {
    return header.agg_seq.value() == 0 &&
           std::find(skip_facts.begin(), skip_facts.end(), header.causation_id) != skip_facts.end();
  }

  // An answer names the event that asked. The inputs of a wave name BatchFormed, as answers to it
  // would: there the id decides.
  bool is_answer(const Event& event, const Event& asker, std::size_t index) const {
    const auto& header = event.header;
    if (header.agg_seq.value() > 0 || header.causation_id != asker.header.event_id) return false;
    if (&asker != dispatched.front()) return true;
    return header.event_id ==
           events::make_ingress_id(asker.header.log_time_ns, "answer",
                                   fmt::format("{}/{}", to_hex(asker.header.event_id), index));
  }
};

Walk prepare(const BatchView& batch, const AgentId& system) {
  Walk walk;
  walk.dispatched.reserve(batch.events.size());
  walk.facts.reserve(batch.events.size());
  for (const auto& event : batch.events) {
    const auto& header = event.header;
    if (const auto* skip = event.as<events::AgentSkipped>()) {
      walk.skipped.emplace_back(skip->agent, skip->input);
      walk.skip_facts.push_back(header.event_id);
    }
    const bool own = header.agent_id == system && header.agg_seq.value() > 0;
    if (own && header.type_id != events::BatchFormed::type_id) continue;
    walk.dispatched.push_back(&event);
    if (!own && header.agg_seq.value() > 0) walk.facts.push_back(&event);
  }
  return walk;
}

}  // namespace

Result<void> walk_batch(const BatchView& batch, const LogOrigin& origin, AgentSet& agents,
                        StepVisitor& visitor) {
  const auto* formed = batch.events.front().as<events::BatchFormed>();
  if (formed == nullptr) return success();  // a failed attempt, a fence: no steps
  const auto& opening = batch.events.front();
  const auto version = formed->composition.value();
  if (version != agents.version()) {
    const auto found = origin.compositions.find(version);
    if (found == origin.compositions.end()) {
      return fail(Errc::corrupt, fmt::format("{}: composition {} is not in the control stream",
                                             text_of(batch.first), version));
    }
    ARS_TRY(agents.wire(found->second));
  }
  auto walk = prepare(batch, opening.header.agent_id);
  std::vector<const Event*> answers;
  std::size_t begin = 0;
  std::size_t end = 1;
  for (std::size_t i = 0; i < walk.dispatched.size(); ++i) {
    if (i == end) {
      answers.clear();
      end = walk.next_stage(begin, end, answers);
      begin = i;
      ARS_TRY(visitor.stage_over(answers));
    }
    const auto& event = *walk.dispatched[i];
    for (auto* host : agents.readers(event.header.type_id)) {
      if (!host->concerns(event)) continue;
      if (!walk.skipped.empty() && walk.skips(host->entry().agent, event.header.event_id)) continue;
      const auto own = walk.take(*host, event);
      if (auto done = visitor.step(*host, event, own); !done) {
        return outcome::failure(within(text_of(batch.at(event)), done.error()));
      }
    }
  }
  ARS_TRY(visitor.stage_over({}));
  if (walk.taken < walk.facts.size()) {
    return fail(Errc::corrupt, fmt::format("{}: no agent of this composition decided on this fact",
                                           text_of(batch.at(*walk.facts[walk.taken]))));
  }
  return success();
}

}  // namespace ars::runtime
