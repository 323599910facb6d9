// An agent as the runtime sees it: an id, a state, and two functions. decide() says what should
// happen, evolve() takes what did happen into the state; nothing else changes it. The pure halves
// live in actors/**/x_state.*; Behaviour<State> makes one of these out of such a state.
// Owned by one shell actor; only that actor calls it.
#pragma once

#include "events/event.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ars::runtime {

// What the outside is asked during a step; the answer comes back as an inline input of the batch.
// Whoever answers knows the concrete type. Immutable.
class QuestionBody {
 public:
  virtual ~QuestionBody() = default;
  // Two questions with one key in one stage are asked once.
  virtual std::string key() const = 0;
  // What is recorded when no answer comes within the stage's deadline.
  virtual events::Payload timed_out() const = 0;
};

struct Question {
  std::shared_ptr<const QuestionBody> body;
};

// What a decision may read beyond its own state and input. Opaque here; actors/ knows the type.
using OpaqueViews = std::shared_ptr<const void>;

struct StepContext {
  const void* views = nullptr;  // the batch's views, valid during the step
  std::uint64_t random_key =
      0;                   // of (run seed, agent); draws are named by Philox(random_key, stream)
  Sequence next_sequence;  // of the step's first fact: its random stream
};

struct Decision {
  std::vector<events::Payload> facts;
  std::vector<Question> questions;
};

class AgentBehaviour {
 public:
  virtual ~AgentBehaviour() = default;
  virtual Decision decide(const events::Event& input, const StepContext& context) const = 0;
  virtual void evolve(const events::Event& event) = 0;
  virtual std::vector<std::uint8_t> encode_state() const = 0;
  // Errc::corrupt.
  virtual Result<void> decode_state(ByteSpan bytes) = 0;
  // SHA-256(agent_id || agg_seq || u16 state_version || canonical values).
  virtual Bytes32 state_hash(const AgentId& agent, Sequence sequence) const = 0;
};

// How agents of one kind are made and addressed.
struct AgentKind {
  std::string name;
  // Empty for a singleton; else the entity of this kind that an event belongs to, as a stable key
  // (a user's pseudonym). An event without one goes to nobody.
  std::string (*entity_key)(const events::Event&) = nullptr;
  std::unique_ptr<AgentBehaviour> (*make)(const events::AgentEntry&) = nullptr;
};

}  // namespace ars::runtime
