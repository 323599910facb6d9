#include "runtime/dispatch/owner_terms.hpp"

#include "runtime/limits.hpp"

namespace ars::runtime {

std::string node_name(const Bytes32& head_key) {
  return "node-" + to_hex(ByteSpan(head_key)).substr(0, 8);
}

Result<Counting> OwnerTerms::take(ByteSpan stored) {
  events::Event event;
  ARS_TRY(events::open_event_into(stored, event));
  const auto& header = event.header;
  const auto counts = [&] {
    seen_.insert(header.event_id);
    log_time_ns_ = header.log_time_ns;
    return Counting::counts;
  };
  if (!cluster_) {
    const auto* created = event.as<events::ClusterCreated>();
    if (created == nullptr) return fail(Errc::corrupt, "ctl does not begin with ClusterCreated");
    cluster_ = *created;
    system_ = header.agent_id;
    return counts();
  }
  // Whoever created a second cluster in this namespace came too late, with all that it wrote.
  if (header.agent_id != system_ || event.as<events::ClusterCreated>() != nullptr ||
      seen_.contains(header.event_id)) {
    return Counting::superseded;
  }
  const auto owner = terms_.empty() ? Epoch() : terms_.back().epoch;
  if (const auto* claim = event.as<events::OwnerClaimed>()) {
    if (header.owner_epoch <= owner) return Counting::superseded;
    const bool first = terms_.empty() && claim->head_key == Bytes32{};
    terms_.push_back({header.owner_epoch, claim->node, first ? cluster_->head_key : claim->head_key,
                      claim->continues_at});
    return counts();
  }
  return header.owner_epoch == owner ? counts() : Counting::superseded;
}

Result<Counting> TermRecords::take(ByteSpan stored) {
  ARS_TRY(const auto decoded, events::decode_envelope(stored));
  const auto& id = decoded.envelope.event_id;
  if (recent_.contains(id)) return Counting::superseded;
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].epoch != decoded.envelope.owner_epoch) continue;
    const bool begun = next_ >= terms_[i].continues_at;
    const bool ended = i + 1 < terms_.size() && next_ >= terms_[i + 1].continues_at;
    if (!begun || ended) return Counting::superseded;
    next_ = next_.next();
    recent_.insert(id);
    order_.push_back(id);
    if (order_.size() > limits::repeats_remembered) {
      recent_.erase(order_.front());
      order_.pop_front();
    }
    return Counting::counts;
  }
  return Counting::superseded;
}

}  // namespace ars::runtime
