// Small well-formed events for tests of logs and backends: facts of an agent with their history
// linked, and inputs. One owner: a test.
#pragma once

#include "events/event.hpp"
#include "store/event_log.hpp"

#include <map>
#include <string>

namespace ars::test {

inline ClusterId cluster_of(std::uint8_t mark = 7) {
  Bytes16 raw{};
  raw[15] = mark;
  return ClusterId(raw);
}

inline CorrelationId correlation_of(std::uint64_t number) {
  Bytes16 raw{};
  for (std::size_t i = 0; i < 8; ++i)
    raw[8 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  raw[0] = 1;
  return CorrelationId(raw);
}

inline std::vector<std::uint8_t> bytes_of(std::string_view text) {
  const auto span = as_bytes(text);
  return {span.begin(), span.end()};
}

// Keeps each agent's last sequence and hash, so that facts follow one another.
class EventMaker {
 public:
  AgentId agent(std::uint64_t number) const {
    const auto digest = sha256("agent " + std::to_string(number));
    Bytes16 raw{};
    std::copy_n(digest.begin(), raw.size(), raw.begin());
    return AgentId(raw);
  }

  // The next fact of an agent, caused by an event; `size` bytes of text make it heavier.
  events::EventPtr fact(std::uint64_t agent_number, const EventId& cause = {},
                        std::size_t size = 40) {
    auto& tail = tails_[agent_number];
    events::Envelope header;
    header.agent_id = agent(agent_number);
    header.agg_seq = tail.first.next();
    header.agg_prev_hash = tail.second;
    header.log_time_ns = ++clock_ns_;
    header.correlation_id = correlation_of(agent_number + 1);
    header.causation_id = cause;
    header.event_id =
        events::make_event_id(header.log_time_ns, header.agent_id, header.agg_seq, cause);
    header.span_id = events::make_span_id(header.event_id);
    auto event = events::seal(header, events::StepAborted{"agent", cause, 1, text(size)});
    tail = {header.agg_seq, events::event_hash(event->stored)};
    return event;
  }

  events::EventPtr input(const std::string& id, std::size_t size = 40) {
    events::Envelope header;
    header.log_time_ns = ++clock_ns_;
    header.event_id = events::make_ingress_id(header.log_time_ns, "test", id);
    header.correlation_id = correlation_of(clock_ns_);
    return events::seal(header, events::InputQuarantined{id, clock_ns_, "reason", text(size)});
  }

  // An agent's history as it was before facts that were refused.
  using Mark = std::map<std::uint64_t, std::pair<Sequence, Bytes32>>;
  Mark mark() const { return tails_; }
  void reset(const Mark& mark) { tails_ = mark; }
  std::uint64_t clock_ns() const { return clock_ns_; }

 private:
  std::string text(std::size_t size) const {
    // Little that a compressor could take away, so that files grow with what is written.
    std::string out;
    for (std::uint64_t i = 0; out.size() < size; ++i) {
      out += to_hex(sha256(std::to_string(clock_ns_ * 1000 + i)));
    }
    out.resize(size);
    return out;
  }

  Mark tails_;
  std::uint64_t clock_ns_ = 1'700'000'000'000'000'000;
};

inline store::Append to(const store::Stream& stream, const events::EventPtr& event) {
  return {stream, event->stored};
}

}  // namespace ars::test
