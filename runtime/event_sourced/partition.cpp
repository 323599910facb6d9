#include "runtime/event_sourced/partition.hpp"

#include "events/base/narrow.hpp"
#include "events/codec/view.hpp"
#include "runtime/limits.hpp"

#include <algorithm>

namespace ars::runtime {
namespace {

std::string mark_key(std::uint16_t partition) { return fmt::format("partition/{}", partition); }

std::string key_of(const AgentId& id) { return std::string(as_text(ByteSpan(id.value()))); }

}  // namespace

store::Write state_write(const AgentRow& row) {
  return {std::string(store::family::state), key_of(row.agent), encode_row(row)};
}

store::Write mark_write_of(std::uint16_t partition, const PartitionMark& mark) {
  return {std::string(store::family::checkpoint), mark_key(partition), events::to_bytes(mark)};
}

PartitionCore::PartitionCore(PartitionSetup setup)
    : setup_(std::move(setup)),
      evt_{store::Topic::evt, setup_.identity.partition},
      ctl_{store::Topic::ctl, 0},
      system_(events::mint_agent_id(setup_.identity.cluster,
                                    fmt::format("system/{}", setup_.identity.partition),
                                    setup_.identity.partition, setup_.identity.partitions)),
      projections_(store::make_projections()),
      snapshots_(setup_.identity, *setup_.kinds, setup_.snapshot_every_batches) {}

Result<void> PartitionCore::recover() {
  auto& log = *setup_.log;
  if (const auto bytes = log.get(store::family::checkpoint, mark_key(setup_.identity.partition))) {
    ARS_TRY(mark_, events::from_bytes<PartitionMark>(*bytes));
  }
  last_hash_[system_] = mark_.system_hash;
  ARS_TRY(snapshots_.load(log));
  ARS_TRY(recover_rows());
  Error broken;
  for (auto& projection : projections_) {
    const auto name = fmt::format("p.{}", projection->name());
    log.each(name, "", [&](std::string_view key, ByteSpan value) {
      auto loaded = projection->load(key, value);
      if (!loaded) broken = loaded.error();
      return loaded.has_value();
    });
    if (!broken.context.empty()) return ars::outcome::failure(within(name, broken));
  }
  ARS_TRY(setup_.keeper->restore(log, setup_.identity.partition));
  views_ = setup_.keeper->current();
  ARS_TRY(routes_, RouteTable::build(mark_.composition));
  ARS_TRY(end_switch());
  return supervisor_.load(log);
}

Result<void> PartitionCore::recover_rows() {
  Error broken;
  setup_.log->each(store::family::state, "", [&](std::string_view, ByteSpan value) {
    auto row = decode_row(value);
    if (!row) {
      broken = row.error();
      return false;
    }
    last_hash_[row.value().agent] = row.value().last_hash;
    snapshots_.changed(row.value().agent, row.value().batch);
    return true;
  });
  if (!broken.context.empty()) return ars::outcome::failure(within("stored state", broken));
  return success();
}

std::shared_ptr<events::Event> PartitionCore::system_fact(events::Payload payload,
                                                          const EventId& cause) {
  auto event = std::make_shared<events::Event>();
  mark_.system_sequence += 1;
  auto& header = event->header;
  header.agent_id = system_;
  header.agg_seq = Sequence(mark_.system_sequence);
  header.event_id = events::make_event_id(mark_.log_time_ns + 1, system_, header.agg_seq, cause);
  header.causation_id = cause;
  header.type_id = events::type_id_of(payload);
  event->payload = std::move(payload);
  return event;
}

void PartitionCore::push(std::shared_ptr<events::Event> event) {
  auto& header = event->header;
  header.log_time_ns = ++mark_.log_time_ns;
  header.composition_version = CompositionVersion(mark_.composition.version);
  header.owner_epoch = Epoch(mark_.epoch);
  records_.push_back(std::move(event));
}

std::vector<EventPtr> PartitionCore::begin(const FormBatch& form) {
  before_ = mark_;
  records_.clear();
  skips_.clear();
  stood_in_.clear();
  first_offset_ = setup_.log->head(evt_).next;
  mark_.batch += 1;
  mark_.position = form.mark.position;
  mark_.interactions = form.mark.interactions;
  mark_.log_time_ns = std::max(mark_.log_time_ns, form.clock_ns);
  events::BatchFormed formed;
  formed.batch = BatchNumber(mark_.batch);
  formed.epoch = Epoch(mark_.epoch);
  formed.clock_ns = form.clock_ns;
  for (const auto& wave : form.waves)
    formed.inline_inputs += narrow<std::uint32_t>(wave.size());
  formed.views = setup_.keeper->versions();
  formed.composition = CompositionVersion(mark_.composition.version);
  formed.source_position = mark_.position;
  formed.interactions = mark_.interactions;
  push(system_fact(std::move(formed), EventId{}));
  return {records_.front()};
}

std::vector<EventPtr> PartitionCore::admit(const std::vector<InputDraft>& wave,
                                           std::uint64_t clock_ns) {
  const auto batch_id = records_.front()->header.event_id;
  std::vector<EventPtr> stage;
  for (const auto& draft : wave) {
    auto event = std::make_shared<events::Event>();
    auto& header = event->header;
    header.event_id = events::make_ingress_id(clock_ns, draft.source, draft.id);
    if (setup_.log->find(header.event_id).has_value()) continue;
    header.agent_id = system_;
    header.causation_id = batch_id;
    header.correlation_id = draft.correlation;
    header.trace_id = TraceId(draft.correlation.value());
    header.span_id = events::make_span_id(header.event_id);
    header.type_id = events::type_id_of(draft.payload);
    event->payload = draft.payload;
    push(event);
    stage.emplace_back(std::move(event));
  }
  return stage;
}

std::vector<std::pair<std::size_t, RunSteps>> PartitionCore::dispatch(
    const std::vector<EventPtr>& stage) {
  std::map<std::size_t, RunSteps> by_host;
  std::size_t order = 0;
  for (const auto& event : stage) {
    for (const auto host : routes_->readers(event->header.type_id)) {
      const auto& entry = routes_->composition().agents[host];
      const auto& kind = setup_.kinds->at(entry.kind);
      if (kind.entity_key != nullptr && kind.entity_key(*event).empty()) continue;
      if (!supervisor_.quiet() && passed_over(entry, event)) continue;
      auto& run = by_host[host];
      run.views = views_;
      run.work.push_back({order++, event});
    }
  }
  return {by_host.begin(), by_host.end()};
}

std::string PartitionCore::agent_of(const events::AgentEntry& entry,
                                    const events::Event& input) const {
  const auto& kind = setup_.kinds->at(entry.kind);
  return kind.entity_key == nullptr ? entry.agent : entry.agent + "/" + kind.entity_key(input);
}

bool PartitionCore::passed_over(const events::AgentEntry& entry, const EventPtr& input) {
  const auto& id = input->header.event_id;
  const auto agent = agent_of(entry, *input);
  const auto refusal = supervisor_.refusal(entry.agent, agent, id, BatchNumber(mark_.batch));
  if (!refusal.has_value()) return false;
  auto fact = system_fact(events::AgentSkipped{entry.agent, id, refusal->reason}, id);
  fact->header.correlation_id = input->header.correlation_id;
  push(fact);
  skips_.push_back({entry.agent, input, std::move(fact), refusal->on_this_input});
  return true;
}

std::vector<EventPtr> PartitionCore::stand_in() {
  std::vector<EventPtr> out;
  if (skips_.empty() || setup_.stand_in == nullptr) return out;
  const std::vector<EventPtr> records(records_.begin(), records_.end());
  std::vector<StandIn> answers;
  // Where even this fails a check, nobody answers; the skip is recorded all the same.
  const auto made = guarded([&] { answers = setup_.stand_in(records, views_.get()); });
  if (!made.has_value()) return out;
  for (auto& each : answers) {
    const auto& asked = each.request->header;
    const auto skip = std::find_if(skips_.begin(), skips_.end(), [&](const Skip& s) {
      return s.fact->header.correlation_id == asked.correlation_id;
    });
    if (skip == skips_.end() || !stood_in_.insert(asked.event_id).second) continue;
    const auto& cause = skip->fact->header;
    auto event = std::make_shared<events::Event>();
    auto& header = event->header;
    header.agent_id = system_;
    header.event_id =
        events::make_ingress_id(cause.log_time_ns, "stand-in", to_hex(asked.event_id));
    header.causation_id = cause.event_id;
    header.correlation_id = asked.correlation_id;
    header.trace_id = asked.trace_id;
    header.span_id = events::make_span_id(header.event_id);
    header.type_id = events::type_id_of(each.answer);
    event->payload = std::move(each.answer);
    push(event);
    out.emplace_back(std::move(event));
  }
  return out;
}

std::vector<EventPtr> PartitionCore::collect(std::vector<StepResult>& results) {
  std::vector<EventPtr> next;
  for (auto& result : results) {
    for (auto& fact : result.facts) {
      push(fact);
      next.emplace_back(std::move(fact));
    }
  }
  return next;
}

std::vector<EventPtr> PartitionCore::record_answers(const std::vector<events::Payload>& answers,
                                                    const std::vector<EventPtr>& causes) {
  std::vector<EventPtr> out;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& cause = causes[i]->header;
    auto event = std::make_shared<events::Event>();
    auto& header = event->header;
    header.agent_id = system_;
    header.event_id = events::make_ingress_id(cause.log_time_ns, "answer",
                                              to_hex(cause.event_id) + "/" + std::to_string(i));
    header.causation_id = cause.event_id;
    header.correlation_id = cause.correlation_id;
    header.trace_id = cause.trace_id;
    header.span_id = events::make_span_id(header.event_id);
    header.type_id = events::type_id_of(answers[i]);
    event->payload = answers[i];
    push(event);
    out.emplace_back(std::move(event));
  }
  return out;
}

store::Pointer PartitionCore::place(std::size_t record) const {
  return {evt_, Offset(first_offset_.value() + record)};
}

// Views, envelopes, chains, projections and the mark: what every commit to evt has.
void PartitionCore::seal(store::Batch& batch) {
  for (std::size_t i = 0; i < records_.size(); ++i)
    setup_.keeper->observe(*records_[i], place(i));
  const auto cause = records_.front()->header.event_id;
  for (auto& publication : setup_.keeper->publish_due(place(records_.size()).offset)) {
    push(system_fact(publication.fact, cause));
    batch.writes.push_back({std::string(store::family::view), std::move(publication.key),
                            std::move(publication.delta)});
  }
  for (std::size_t i = 0; i < records_.size(); ++i) {
    auto& header = records_[i]->header;
    header.schema_version = events::type_info(header.type_id)->schema_version;
    if (header.agg_seq.value() != 0) header.agg_prev_hash = last_hash_[header.agent_id];
    auto stored = events::encode_envelope(header, events::encode_payload(records_[i]->payload));
    if (header.agg_seq.value() != 0) last_hash_[header.agent_id] = events::event_hash(stored);
    for (auto& projection : projections_)
      projection->apply(*records_[i], place(i));
    batch.appends.push_back({evt_, std::move(stored)});
  }
  for (auto& projection : projections_) {
    for (auto& write : projection->drain())
      batch.writes.push_back(std::move(write));
  }
  mark_.system_hash = last_hash_[system_];
  batch.writes.push_back(mark_write_of(setup_.identity.partition, mark_));
  views_ = setup_.keeper->current();
}

store::Batch PartitionCore::finish(std::vector<AgentRow> rows) {
  store::Batch batch;
  const BatchNumber number(mark_.batch);
  for (auto& row : rows)
    row.batch = number;
  std::vector<AgentRow> kept;
  const bool cut = snapshots_.due(number);
  if (cut) {
    kept = snapshots_.rows(*setup_.log, rows, routes_->composition().agents);
    const auto cause = records_.front()->header.event_id;
    for (const auto& row : kept) {
      push(system_fact(events::SnapshotTaken{row.name, row.agent, row.agg_seq, row.state_hash},
                       cause));
    }
  }
  seal(batch);
  const auto sealed = records_.size();
  for (const auto& skip : skips_) {
    if (!skip.dead_letter) continue;
    batch.writes.push_back(supervisor_.forget(skip.entry, skip.input->header.event_id));
    // A copy under the same id, byte for byte: it is kept, but enters no index.
    const auto at = std::find(records_.begin(), records_.end(), skip.input) - records_.begin();
    batch.appends.push_back({{store::Topic::dlq, 0},
                             batch.appends[narrow<std::size_t>(at)].stored,
                             store::Standing::superseded});
  }
  for (auto& row : rows) {
    row.last_hash = last_hash_[row.agent];
    if (!cut) snapshots_.changed(row.agent, number);
    batch.writes.push_back(state_write(row));
  }
  for (auto& row : kept)
    row.last_hash = last_hash_[row.agent];
  if (cut) {
    for (auto& write : snapshots_.writes(
             *setup_.log, kept,
             {number, place(sealed).offset, CompositionVersion(mark_.composition.version)})) {
      batch.writes.push_back(std::move(write));
    }
  }
  return batch;
}

void PartitionCore::place_records(std::vector<CommittedEvent>& out) {
  for (std::size_t i = 0; i < records_.size(); ++i)
    out.push_back({records_[i], place(i)});
  records_.clear();
}

std::vector<CommittedEvent> PartitionCore::committed() {
  auto out = std::move(aborted_);
  aborted_.clear();
  out.reserve(out.size() + records_.size());
  place_records(out);
  for (const auto& skip : skips_) {
    if (skip.dead_letter) supervisor_.forgotten(skip.entry, skip.input->header.event_id);
  }
  skips_.clear();
  return out;
}

Result<void> PartitionCore::abort_batch(std::size_t host, const EventPtr& input,
                                        const std::string& reason) {
  const auto& entry = routes_->composition().agents[host];
  const auto agent = agent_of(entry, *input);
  const auto& id = input->header.event_id;
  const BatchNumber number(mark_.batch);
  mark_ = before_;
  records_.clear();
  skips_.clear();
  first_offset_ = setup_.log->head(evt_).next;
  auto noted = supervisor_.failed(entry.agent, agent, id, number);
  push(system_fact(events::StepAborted{entry.agent, id, noted.attempt, reason}, id));
  if (noted.quarantined) push(system_fact(events::AgentQuarantined{agent, noted.failures}, id));
  store::Batch batch;
  seal(batch);
  for (auto& write : noted.writes)
    batch.writes.push_back(std::move(write));
  ARS_TRY([[maybe_unused]] auto at, setup_.log->commit(batch));
  place_records(aborted_);
  return success();
}

std::vector<AgentRow> PartitionCore::stored_rows(const std::string& agent) const {
  std::vector<AgentRow> rows;
  setup_.log->each(store::family::state, "", [&](std::string_view, ByteSpan value) {
    auto row = decode_row(value);
    ARS_CHECK(row.has_value(), "a stored state row was verified at recovery");
    if (is_agent_of(row.value().name, agent)) rows.push_back(std::move(row).value());
    return true;
  });
  return rows;
}

}  // namespace ars::runtime
