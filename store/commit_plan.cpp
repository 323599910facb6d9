#include "store/commit_plan.hpp"

#include "events/base/narrow.hpp"
#include "store/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::store {
namespace {

auto place_of(std::vector<Head>& heads, const Stream& stream) {
  return std::lower_bound(heads.begin(), heads.end(), stream,
                          [](const Head& head, const Stream& s) { return head.stream < s; });
}

}  // namespace

std::vector<EventId> causes_of(const events::Envelope& header) {
  std::vector<EventId> out;
  if (header.causation_id != EventId{}) out.push_back(header.causation_id);
  for (const auto& tlv : header.tlvs) {
    if (tlv.tag != to_underlying(events::Tag::extra_cause) || tlv.bytes.size() != sizeof(Bytes16)) {
      continue;
    }
    Bytes16 raw{};
    std::copy(tlv.bytes.begin(), tlv.bytes.end(), raw.begin());
    const EventId cause(raw);
    if (std::find(out.begin(), out.end(), cause) == out.end()) out.push_back(cause);
  }
  return out;
}

CommitPlanner::CommitPlanner(ClusterId cluster, std::vector<Head> heads)
    : cluster_(cluster), heads_(std::move(heads)) {
  std::sort(heads_.begin(), heads_.end(),
            [](const Head& a, const Head& b) { return a.stream < b.stream; });
  next_heads_ = heads_;
}

Result<const std::vector<PlannedRecord>*> CommitPlanner::plan(const Batch& batch,
                                                              const CommitOracle& oracle) {
  if (batch.appends.size() > limits::batch_records_max) {
    return fail(Errc::overloaded, fmt::format("{} records in one batch", batch.appends.size()));
  }
  records_.clear();
  next_tails_.clear();
  inputs_.clear();
  input_set_.clear();
  next_heads_ = heads_;
  records_.reserve(batch.appends.size());
  for (std::size_t i = 0; i < batch.appends.size(); ++i) {
    ARS_TRY(place(batch.appends[i], i, oracle));
  }
  if (!inputs_.empty()) {
    ARS_TRY(const auto known, oracle.first_known(inputs_));
    if (known.has_value()) {
      return fail(Errc::conflict, fmt::format("event {} is already in the log", to_hex(*known)));
    }
  }
  return &records_;
}

Result<void> CommitPlanner::place(const Append& append, std::size_t index,
                                  const CommitOracle& oracle) {
  ARS_TRY(auto decoded, events::decode_envelope(append.stored));
  auto& record = records_.emplace_back();
  record.header = std::move(decoded.envelope);
  record.append = index;
  auto& head = planned_head(append.stream);
  if (next_heads_.size() > limits::streams_max) {
    return fail(Errc::overloaded, fmt::format("more than {} streams", limits::streams_max));
  }
  const auto hash = events::event_hash(append.stored);
  record.at = {append.stream, head.next};
  record.chain = chain_next(head.chain, head.next, hash);
  head.next = head.next.next();
  head.chain = record.chain;
  if (append.standing == Standing::superseded) return success();
  record.causes = causes_of(record.header);
  if (record.header.agg_seq.value() > 0) return check_fact(record, hash, oracle);
  // A fact's id is made from its agent and sequence, so that its place in the agent's history
  // settles it; only an input's id needs to be looked up.
  if (!input_set_.insert(record.header.event_id).second) {
    return fail(Errc::conflict,
                fmt::format("event {} is twice in the batch", to_hex(record.header.event_id)));
  }
  inputs_.push_back(record.header.event_id);
  return success();
}

Result<void> CommitPlanner::check_fact(const PlannedRecord& record, const Bytes32& hash,
                                       const CommitOracle& oracle) {
  const auto& header = record.header;
  ARS_TRY(const auto tail, tail_of(header.agent_id, oracle));
  if (header.agg_seq <= tail.last) {
    return fail(Errc::conflict, fmt::format("agent {} already has sequence {}",
                                            to_hex(header.agent_id), header.agg_seq.value()));
  }
  if (header.agg_seq != tail.last.next()) {
    return fail(Errc::invalid,
                fmt::format("agent {} goes from sequence {} to {}", to_hex(header.agent_id),
                            tail.last.value(), header.agg_seq.value()));
  }
  if (header.agg_prev_hash != tail.hash) {
    return fail(Errc::invalid, fmt::format("sequence {} of agent {} names another previous fact",
                                           header.agg_seq.value(), to_hex(header.agent_id)));
  }
  next_tails_[header.agent_id] = {header.agg_seq, hash};
  return success();
}

Result<AgentTail> CommitPlanner::tail_of(const AgentId& agent, const CommitOracle& oracle) const {
  if (const auto found = next_tails_.find(agent); found != next_tails_.end()) return found->second;
  if (const auto found = tails_.find(agent); found != tails_.end()) return found->second;
  return oracle.tail_of(agent);
}

Head& CommitPlanner::planned_head(const Stream& stream) {
  const auto at = place_of(next_heads_, stream);
  if (at != next_heads_.end() && at->stream == stream) return *at;
  return *next_heads_.insert(at, Head{stream, Offset(0), chain_genesis(cluster_, stream)});
}

void CommitPlanner::accept() {
  std::swap(heads_, next_heads_);
  if (tails_.size() + next_tails_.size() > limits::agent_tails_max) tails_.clear();
  for (const auto& [agent, tail] : next_tails_)
    tails_[agent] = tail;
}

Head CommitPlanner::head(const Stream& stream) const {
  for (const auto& head : heads_) {
    if (head.stream == stream) return head;
  }
  return {stream, Offset(0), chain_genesis(cluster_, stream)};
}

}  // namespace ars::store
