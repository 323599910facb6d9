#include "runtime/dispatch/adoption.hpp"

#include "events/base/narrow.hpp"
#include "runtime/dispatch/blob_courier.hpp"
#include "runtime/dispatch/publisher.hpp"
#include "runtime/limits.hpp"
#include "runtime/replay/log_walk.hpp"
#include "store/audit/named_blobs.hpp"
#include "store/audit/signed_head.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::runtime {
namespace {

using Bytes = std::vector<std::uint8_t>;

const store::Stream ctl{store::Topic::ctl, 0};
const store::Stream evt{store::Topic::evt, 0};
constexpr std::string_view mark_key = "adoption";

std::string text_of(const store::Stream& stream, Offset at) {
  return store::to_string(store::Pointer{stream, at});
}

std::string event_text(ByteSpan stored) {
  const auto decoded = events::decode_envelope(stored);
  return decoded.has_value() ? to_hex(decoded.value().envelope.event_id) : std::string("no event");
}

class Adoption {
 public:
  explicit Adoption(const AdoptionSetup& setup)
      : setup_(setup), log_(*setup.log), backend_(*setup.backend) {}

  Result<AdoptionReport> run() {
    ARS_TRY(fetch_blobs(backend_, setup_.patience, [&](ByteSpan blob) { return keep(blob); }));
    ARS_TRY(copy_control());
    const auto* owner = terms_.newest();
    if (owner == nullptr) return fail(Errc::corrupt, "ctl names no owner");
    report_.before = *owner;
    ARS_TRY(read_heads());
    ARS_TRY(copy_events());
    ARS_TRY(check_heads());
    ARS_TRY(check_blobs());
    owner = terms_.newest();
    if (owner->head_key != setup_.head_key) ARS_TRY(claim());
    ARS_TRY(put_up_fence());
    report_.now = *terms_.newest();
    report_.records = log_.head(ctl).next.value() + log_.head(evt).next.value();
    return report_;
  }

 private:
  Result<void> keep(ByteSpan blob) {
    ARS_TRY(auto stored, setup_.blobs->put(blob));
    if (!stored.write.has_value()) return success();
    store::Batch batch;
    batch.writes.push_back(std::move(*stored.write));
    ARS_TRY([[maybe_unused]] auto none, log_.commit(batch));
    return success();
  }

  // Takes records that follow one another from `at` on: those that are here must be the same, the
  // others are appended, which checks envelopes, ids and histories, and computes the chain.
  Result<void> put(const store::Stream& stream, Offset at, std::vector<Bytes> records) {
    std::size_t i = 0;
    while (i < records.size() && at < log_.head(stream).next) {
      ARS_TRY(const auto own, log_.read({stream, at}, records.size() - i));
      for (const auto& each : own) {
        if (each.stored != records[i]) {
          return fail(
              Errc::conflict,
              fmt::format("{} is event {} in the namespace and {} in this directory: it "
                          "wrote what nobody took over; adopt into an empty directory",
                          text_of(stream, at), event_text(records[i]), event_text(each.stored)));
        }
        at = at.next();
        ++i;
      }
    }
    if (i == records.size()) return success();
    store::Batch batch;
    batch.writes.push_back(adoption_mark(Adopting::yes));
    for (; i < records.size(); ++i)
      batch.appends.push_back({stream, std::move(records[i])});
    const auto done = log_.commit(batch);
    if (done.has_value()) return success();
    const auto code = done.error().code;
    // A log that refuses what came in its own order was not written that way.
    const bool wrong = code == Errc::conflict || code == Errc::invalid;
    return fail(wrong ? Errc::corrupt : code,
                fmt::format("{} of the namespace and what follows: {}", text_of(stream, at),
                            done.error().context));
  }

  Result<void> copy_control() {
    ARS_TRY(const auto marks, backend_.watermarks(ctl, setup_.patience));
    return read_range(backend_, ctl, control_read_, marks.next, setup_.patience,
                      [&](const auto& fetched) -> Result<void> {
                        std::vector<Bytes> counted;
                        const auto at = control_taken_;
                        for (const auto& record : fetched) {
                          ARS_TRY(const auto counting, terms_.take(record.stored));
                          control_read_ = record.offset.next();
                          if (counting == Counting::superseded) {
                            ++report_.superseded;
                            continue;
                          }
                          control_taken_ = control_taken_.next();
                          counted.push_back(record.stored);
                        }
                        return put(ctl, at, std::move(counted));
                      });
  }

  // What owners signed of this cluster's events: each head whose key is that of a claim.
  Result<void> read_heads() {
    ARS_TRY(const auto marks, backend_.watermarks(heads_stream, setup_.patience));
    const auto origin = store::origin_of(terms_.cluster()->cluster, evt);
    auto next = marks.low;
    while (next < marks.next) {
      ARS_TRY(const auto fetched,
              backend_.fetch(heads_stream, next, limits::adopt_records_max, setup_.patience));
      if (fetched.empty()) break;  // the rest was compacted away
      next = fetched.back().offset.next();
      for (const auto& record : fetched) {
        const auto event = events::open_event(record.stored);
        const auto* head = event.has_value() ? event.value()->as<events::HeadSigned>() : nullptr;
        if (head == nullptr || head->origin != origin) continue;
        for (const auto& term : terms_.terms()) {
          if (store::head_holds(*head, term.head_key)) note_head(*head, term);
        }
      }
    }
    return success();
  }

  void note_head(const events::HeadSigned& head, const OwnerTerm& term) {
    heads_[head.next] = head.chain;
    if (term.epoch == terms_.newest()->epoch) sealed_ = std::max(sealed_, head.next);
  }

  // Up to the newest signed head every batch is whole. Behind it the last one may not be: it was
  // cut off with its owner, who alone could say so, and nobody was answered by the namespace.
  Result<void> copy_events() {
    sealed_ = std::max(sealed_, terms_.newest()->continues_at);
    ARS_TRY(const auto marks, backend_.watermarks(evt, setup_.patience));
    TermRecords records(terms_.terms());
    std::vector<Bytes> ready;
    std::vector<Bytes> held;
    Offset at;  // of ready.front()
    const auto flush = [&]() -> Result<void> {
      const auto count = ready.size();
      ARS_TRY(put(evt, at, std::exchange(ready, {})));
      at = Offset(at.value() + count);
      if (setup_.progress) setup_.progress(at.value());
      return success();
    };
    const auto take = [&](const std::vector<store::FetchedRecord>& fetched) -> Result<void> {
      for (const auto& record : fetched) {
        const auto place = records.next();
        ARS_TRY(const auto counting, records.take(record.stored));
        if (counting == Counting::superseded) {
          ++report_.superseded;
          continue;
        }
        if (place < sealed_) {
          ready.push_back(record.stored);
          continue;
        }
        if (opens_batch(events::stored_type(record.stored))) {
          std::move(held.begin(), held.end(), std::back_inserter(ready));
          held.clear();
        }
        if (held.size() == limits::adopt_batch_max) {
          return fail(Errc::corrupt, text_of(evt, place) + ": a batch without an end");
        }
        held.push_back(record.stored);
      }
      if (ready.size() < limits::adopt_records_max) return success();
      return flush();
    };
    ARS_TRY(read_range(backend_, evt, Offset(0), marks.next, setup_.patience, take));
    ARS_TRY(flush());
    report_.superseded += held.size();
    if (at < sealed_) {
      return fail(Errc::corrupt,
                  fmt::format("{}: the namespace ends here, its owner signed a head at {}",
                              text_of(evt, at), sealed_.value()));
    }
    copied_ = at;
    return success();
  }

  // The chain that the records gave, against what owners signed.
  Result<void> check_heads() const {
    for (const auto& [next, chain] : heads_) {
      if (next.value() == 0 || next > copied_) continue;
      const Offset last(next.value() - 1);
      ARS_TRY(const auto record, log_.read({evt, last}, 1));
      if (record.front().chain != chain) {
        return fail(Errc::corrupt, text_of(evt, last) +
                                       ": the chain is not that of the head that its owner signed");
      }
    }
    return success();
  }

  // What decisions were made with must have come along.
  Result<void> check_blobs() const {
    Error missing;
    std::set<Bytes32> known;
    ARS_TRY(
        log_.scan({evt, Offset(0)}, [&](const store::Pointer& at, const Bytes32&, ByteSpan stored) {
          const auto type = events::stored_type(stored);
          if (type != events::Scored::type_id && type != events::CandidatesRanked::type_id)
            return true;
          const auto event = events::open_event(stored);
          if (!event.has_value()) {
            missing = within(store::to_string(at), event.error());
            return false;
          }
          store::each_named(*event.value(), [&](const Bytes32& hash, store::Use use) {
            if (use != store::Use::decided_with || !known.insert(hash).second) return;
            if (setup_.blobs->holds(hash) || !missing.context.empty()) return;
            missing = {Errc::corrupt,
                       fmt::format("{} was decided with weights {}, which are not in the "
                                   "namespace: an older build published it; continue in the "
                                   "directory that wrote it",
                                   store::to_string(at), to_hex(ByteSpan(hash)))};
          });
          return missing.context.empty();
        }));
    if (!missing.context.empty()) return outcome::failure(missing);
    return success();
  }

  Result<std::uint64_t> newest_time() const {
    auto out = std::max(setup_.clock_ns, terms_.log_time_ns());
    const auto end = log_.head(evt).next.value();
    if (end == 0) return out;
    ARS_TRY(const auto last, log_.read({evt, Offset(end - 1)}, 1));
    ARS_TRY(const auto decoded, events::decode_envelope(last.front().stored));
    return std::max(out, decoded.envelope.log_time_ns);
  }

  Result<Bytes> control_record(const std::string& id, Epoch epoch, events::Payload payload) const {
    ARS_TRY(const auto time, newest_time());
    events::Envelope header;
    header.agent_id = terms_.system();
    header.log_time_ns = time + 1;
    header.event_id = events::make_ingress_id(header.log_time_ns, "ctl", id);
    header.owner_epoch = epoch;
    return events::seal(header, std::move(payload))->stored;
  }

  // The backend decides who is the owner: the first claim of an epoch in its order.
  Result<void> claim() {
    if (log_.head(evt).next > copied_) {
      return fail(
          Errc::conflict,
          fmt::format("{} of this directory is not in the namespace, and {} owns that since "
                      "epoch {}: adopt into an empty directory",
                      text_of(evt, copied_), node_name(terms_.newest()->head_key),
                      terms_.newest()->epoch.value()));
    }
    const auto epoch = terms_.newest()->epoch.next();
    const auto name = node_name(setup_.head_key);
    events::OwnerClaimed claimed{0, name, setup_.head_key, log_.head(evt).next};
    ARS_TRY(auto record, control_record(fmt::format("claim/{}/{}", epoch.value(), name), epoch,
                                        std::move(claimed)));
    const std::vector<Bytes> records{std::move(record)};
    ARS_TRY([[maybe_unused]] auto at, backend_.append(ctl, records, setup_.patience));
    ARS_TRY(copy_control());
    const auto* owner = terms_.newest();
    if (owner->head_key == setup_.head_key) return success();
    return fail(Errc::conflict, fmt::format("{} claimed epoch {} before {} could", owner->node,
                                            owner->epoch.value(), name));
  }

  Result<void> put_up_fence() {
    const auto& owner = *terms_.newest();
    if (log_.head(evt).next > owner.continues_at) {
      ARS_TRY(const auto there, log_.read({evt, owner.continues_at}, 1));
      ARS_TRY(const auto event, events::open_event(there.front().stored));
      const auto* fence = event->as<events::EpochFence>();
      if (fence != nullptr && fence->epoch == owner.epoch) return success();
      return fail(Errc::conflict,
                  fmt::format("{} of this directory is not the fence of epoch {}: adopt into an "
                              "empty directory",
                              text_of(evt, owner.continues_at), owner.epoch.value()));
    }
    ARS_TRY(auto record, control_record(fmt::format("fence/{}", owner.epoch.value()), owner.epoch,
                                        events::EpochFence{0, owner.epoch}));
    store::Batch batch;
    batch.writes.push_back(adoption_mark(Adopting::yes));
    batch.appends.push_back({evt, std::move(record)});
    ARS_TRY([[maybe_unused]] auto at, log_.commit(batch));
    return success();
  }

  const AdoptionSetup& setup_;
  store::EventLog& log_;
  store::LogBackend& backend_;
  OwnerTerms terms_;
  Offset control_read_;              // of the backend
  Offset control_taken_;             // of ours
  std::map<Offset, Bytes32> heads_;  // chains that owners signed, by the next offset
  Offset sealed_;                    // up to here every batch is whole
  Offset copied_;
  AdoptionReport report_;
};

}  // namespace

Result<Namespace> read_namespace(store::LogBackend& backend, std::chrono::milliseconds deadline) {
  Namespace out;
  ARS_TRY(const auto marks, backend.watermarks(ctl, deadline));
  const auto take = [&](const std::vector<store::FetchedRecord>& fetched) -> Result<void> {
    for (const auto& record : fetched)
      ARS_TRY(out.terms.take(record.stored));
    return success();
  };
  ARS_TRY(read_range(backend, ctl, Offset(0), marks.next, deadline, take));
  out.end = marks.next;
  return out;
}

Result<AdoptionReport> adopt(const AdoptionSetup& setup) { return Adoption(setup).run(); }

bool is_adopting(const store::EventLog& log) {
  return log.get(store::family::checkpoint, mark_key).has_value();
}

store::Write adoption_mark(Adopting adopting) {
  store::Write out{std::string(store::family::checkpoint), std::string(mark_key), std::nullopt};
  if (adopting == Adopting::yes) out.value = std::vector<std::uint8_t>{1};
  return out;
}

}  // namespace ars::runtime
