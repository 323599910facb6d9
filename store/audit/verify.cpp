#include "store/audit/verify.hpp"

#include "events/base/check.hpp"
#include "events/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>

namespace ars::store {

const Finding& first_finding(const std::vector<Finding>& findings) {
  ARS_CHECK(!findings.empty(), "there is no finding");
  return *std::min_element(findings.begin(), findings.end(),
                           [](const Finding& a, const Finding& b) {
                             return std::tie(a.time_ns, a.at) < std::tie(b.time_ns, b.at);
                           });
}

RecordVerifier::RecordVerifier(ClusterId cluster, std::vector<Head> known,
                               std::set<Pointer> superseded)
    : cluster_(cluster), known_(std::move(known)), superseded_(std::move(superseded)) {}

void RecordVerifier::take(const Pointer& at, ByteSpan value) {
  if (!stream_ || *stream_ != at.stream) {
    end_stream();
    begin_stream(at.stream);
  }
  ++events_;
  if (broken_) return;
  if (at.offset != reached_.next) {
    add({at.stream, reached_.next}, "family log: the record is missing or cannot be read");
    return;
  }
  if (value.size() < sizeof(Bytes32)) {
    add(at, "family log: the record is too short");
    return;
  }
  Bytes32 chain{};
  std::memcpy(chain.data(), value.data(), chain.size());
  if (auto wrong = check(at, chain, value.subspan(chain.size())); !wrong.empty()) {
    add(at, "family log: " + std::move(wrong));
    return;
  }
  reached_ = {at.stream, at.offset.next(), chain};
}

// What is wrong with a record; empty when nothing is.
std::string RecordVerifier::check(const Pointer& at, const Bytes32& chain, ByteSpan stored) {
  const auto hash = events::event_hash(stored);
  if (chain_next(reached_.chain, at.offset, hash) != chain) return "the chain does not hold";
  if (expected_head_ && expected_head_->next == at.offset.next() &&
      expected_head_->chain != chain) {
    return "the chain is not that of the signed head";
  }
  const auto event = events::open_event(stored);
  if (event.has_error() && event.error().code == Errc::unsupported) {
    // A later build wrote it: the chain proves it, and its payload is not for this one to judge.
    const auto decoded = events::decode_envelope(stored);
    return decoded.has_value() ? check_header(at, decoded.value().envelope, hash) : std::string();
  }
  if (event.has_error()) return event.error().context;
  if (auto wrong = check_header(at, event.value()->header, hash); !wrong.empty()) return wrong;
  note_names(at, *event.value());
  return check_owner(at, *event.value());
}

std::string RecordVerifier::check_header(const Pointer& at, const events::Envelope& header,
                                         const Bytes32& hash) {
  if (auto wrong = check_history(at, header, hash); !wrong.empty()) return wrong;
  last_time_ns_ = header.log_time_ns;
  if (on_record_) on_record_(at, header);
  return {};
}

std::string RecordVerifier::check_history(const Pointer& at, const events::Envelope& header,
                                          const Bytes32& hash) {
  if (header.agg_seq.value() == 0 || superseded_.contains(at)) return {};
  const auto sequence = header.agg_seq.value();
  auto& history = agents_[header.agent_id];
  if (sequence <= history.last || history.early.contains(sequence)) {
    return fmt::format("agent {} has sequence {} twice", to_hex(header.agent_id), sequence);
  }
  history.early[sequence] = {header.agg_prev_hash, hash, at, header.log_time_ns};
  for (auto next = history.early.begin();
       next != history.early.end() && next->first == history.last + 1;
       next = history.early.erase(next)) {
    if (next->second.previous != history.hash) {
      return fmt::format("sequence {} of agent {} names another previous fact", next->first,
                         to_hex(header.agent_id));
    }
    history.last = next->first;
    history.hash = next->second.hash;
  }
  return {};
}

// What still waits for a predecessor has none.
void RecordVerifier::finish_histories() {
  if (!findings_.empty()) return;
  for (const auto& [agent, history] : agents_) {
    if (history.early.empty()) continue;
    const auto& [sequence, fact] = *history.early.begin();
    findings_.push_back({fact.at, fact.time_ns,
                         fmt::format("family log: agent {} goes from sequence {} to {}",
                                     to_hex(agent), history.last, sequence)});
  }
}

void RecordVerifier::name(const Bytes32& hash, const Pointer& at, std::uint64_t time_ns, Use use) {
  const auto [found, fresh] = named_.try_emplace(hash, Naming{at, time_ns, use});
  if (fresh) return;
  auto& known = found->second;
  known.use = std::max(known.use, use);
  if (std::tie(time_ns, at) < std::tie(known.time_ns, known.at)) {
    known.at = at;
    known.time_ns = time_ns;
  }
}

void RecordVerifier::note_names(const Pointer& at, const events::Event& event) {
  each_named(event,
             [&](const Bytes32& hash, Use use) { name(hash, at, event.header.log_time_ns, use); });
}

// Owners: the key of the heads is that of the newest claim, and each claim has its fence in evt.
std::string RecordVerifier::check_owner(const Pointer& at, const events::Event& event) {
  if (const auto* fence = event.as<events::EpochFence>()) {
    fences_.emplace(std::pair(fence->partition, fence->epoch), at.offset);
    return {};
  }
  if (at.stream.topic != Topic::ctl) return {};
  if (const auto* created = event.as<events::ClusterCreated>()) {
    if (!head_key_ && created->head_key != Bytes32{}) head_key_ = created->head_key;
    return {};
  }
  const auto* claim = event.as<events::OwnerClaimed>();
  if (claim == nullptr || claim->head_key == Bytes32{}) return {};
  const Claim now{at, event.header.log_time_ns, event.header.owner_epoch, claim->continues_at};
  const auto [known, first] = claims_.try_emplace(claim->partition, now);
  if (!first) {
    if (now.epoch <= known->second.epoch) {
      return fmt::format("{} claims epoch {} after epoch {}", claim->node, now.epoch.value(),
                         known->second.epoch.value());
    }
    // An owner that was gone before it wrote anything left no fence.
    if (now.continues_at != known->second.continues_at) check_fence(claim->partition);
    known->second = now;
  }
  head_key_ = claim->head_key;
  return {};
}

void RecordVerifier::check_fence(std::uint16_t partition) {
  const auto& claim = claims_.at(partition);
  const auto fence = fences_.find({partition, claim.epoch});
  if (fence != fences_.end() && fence->second == claim.continues_at) return;
  findings_.push_back({claim.at, claim.time_ns,
                       fmt::format("family log: the claim goes on at evt/{}/{}, and no fence of "
                                   "epoch {} lies there",
                                   partition, claim.continues_at.value(), claim.epoch.value())});
}

void RecordVerifier::begin_stream(const Stream& stream) {
  stream_ = stream;
  broken_ = false;
  reached_ = {stream, Offset(0), chain_genesis(cluster_, stream)};
  last_time_ns_ = 0;
  expected_head_.reset();
  for (const auto& head : known_) {
    if (head.stream == stream) expected_head_ = head;
  }
}

void RecordVerifier::end_stream() {
  if (!stream_) return;
  if (!broken_ && expected_head_ && reached_.next < expected_head_->next) {
    add({*stream_, reached_.next},
        fmt::format("family log: the log ends here, its newest head stands at {}",
                    expected_head_->next.value()));
  }
  if (reached_.next.value() > 0) heads_.push_back(reached_);
  stream_.reset();
}

void RecordVerifier::finish() {
  end_stream();
  for (const auto& head : known_) {
    const bool found =
        head.next.value() == 0 ||
        std::any_of(heads_.begin(), heads_.end(),
                    [&](const Head& reached) { return reached.stream == head.stream; }) ||
        std::any_of(findings_.begin(), findings_.end(),
                    [&](const Finding& finding) { return finding.at.stream == head.stream; });
    if (found) continue;
    begin_stream(head.stream);
    end_stream();
  }
  // Where evt itself does not hold, its fences are not known.
  if (findings_.empty()) {
    for (const auto& [partition, claim] : claims_)
      check_fence(partition);
  }
  finish_histories();
}

void RecordVerifier::add(const Pointer& at, std::string reason) {
  // Log time rises within a stream, so this is the least that the record can have had.
  findings_.push_back({at, reached_.next.value() == 0 ? 0 : last_time_ns_ + 1, std::move(reason)});
  broken_ = true;
}

}  // namespace ars::store
