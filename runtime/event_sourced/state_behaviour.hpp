// Behaviour<State>: turns a pure state with decide/evolve into an AgentBehaviour. Heavy (codec):
// include it in the x_actor.cpp of an agent only.
//   struct State { static constexpr auto fields = …; static constexpr std::uint16_t state_version;
//                  Decision decide(const Event&, const StepContext&) const; void evolve(const
//                  Event&); };
#pragma once

#include "events/codec/canonical.hpp"
#include "events/codec/view.hpp"
#include "runtime/event_sourced/behaviour.hpp"

namespace ars::runtime {

template <class State>
class Behaviour final : public AgentBehaviour {
 public:
  explicit Behaviour(State state = {}) : state_(std::move(state)) {}

  Decision decide(const events::Event& input, const StepContext& context) const override {
    return state_.decide(input, context);
  }
  void evolve(const events::Event& event) override { state_.evolve(event); }
  std::vector<std::uint8_t> encode_state() const override { return events::to_bytes(state_); }
  Result<void> decode_state(ByteSpan bytes) override {
    ARS_TRY(state_, events::from_bytes<State>(bytes));
    return success();
  }
  Bytes32 state_hash(const AgentId& agent, Sequence sequence) const override {
    events::CanonicalWriter writer;
    writer.write_fields(state_);
    Sha256 hasher;
    hasher.update(agent.value()).update_u64(sequence.value()).update_u16(State::state_version);
    hasher.update(writer.bytes());
    return hasher.digest();
  }
  const State& state() const { return state_; }

 private:
  State state_;
};

}  // namespace ars::runtime
