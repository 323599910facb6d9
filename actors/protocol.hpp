// What makes an actor an agent, checked by code: it closes a loop (named inputs, actions,
// feedback), it can be evaluated alone (an inner reward with an evaluator), and its decision space
// can evolve (typed, bounded parameters). AgentSpec carries all three; registration refuses a spec
// that lacks one and says which. Constant data; any thread.
#pragma once

#include "events/base/result.hpp"
#include "runtime/event_sourced/behaviour.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace ars::actors {

enum class Layer : std::uint8_t { decision, evolution, infrastructure };

// One bounded parameter of a decision space; its texts have static storage.
struct Parameter {
  std::string_view name;
  double low = 0;
  double high = 0;
  double fallback = 0;
  std::string_view says;
};

// One entry of the list of actors (actors/registry.cpp); its texts have static storage.
struct AgentSpec {
  std::string_view kind;
  Layer layer = Layer::decision;
  std::string_view says;
  std::vector<std::uint32_t> reads;     // event types: perceive
  std::vector<std::uint32_t> emits;     // event types: act
  std::vector<std::uint32_t> feedback;  // event types that tell how it went
  std::string_view inner_reward;
  std::string_view evaluator;  // what computes it without the rest
  std::vector<Parameter> decision_space;
};

// Errc::invalid naming the missing criterion: closed loop, independent evaluation, or decision
// space.
Result<void> check_spec(const AgentSpec& spec);

// An actor of the composition: its kind for the runtime, and its spec if it is an agent. Components
// (feedback join, model host) have no spec and are never called agents.
struct Registration {
  runtime::AgentKind kind;
  AgentSpec spec;
  bool agent = true;
};

template <class... Events>
std::vector<std::uint32_t> types() {
  return {Events::type_id...};
}

}  // namespace ars::actors
