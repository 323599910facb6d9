// What actors of the runtime say to each other beside events: steps to run, questions to answer,
// batches to make durable. Immutable once sent; shared as ControlPtr.
#pragma once

#include "runtime/event_sourced/agent_host.hpp"
#include "store/event_log.hpp"

#include <map>
#include <variant>

namespace ars::runtime {

using events::EventPtr;

// An input from outside the log, before it has an envelope.
struct InputDraft {
  events::Payload payload;
  std::string source;  // with id: what its event id derives from, so that a repeat is seen
  std::string id;
  CorrelationId correlation;
};

// Where a source stands; stored in the batch of the inputs it covers.
struct SourceMark {
  std::uint64_t position = 0;      // rows consumed
  std::uint64_t interactions = 0;  // interactions covered
  friend bool operator==(const SourceMark&, const SourceMark&) = default;
};

// Inputs come in waves: a wave's cascade ends before the next wave begins, so that what one wave
// teaches is known to the next, within one batch and one sync.
struct FormBatch {
  std::vector<std::vector<InputDraft>> waves;
  SourceMark mark;
  std::uint64_t clock_ns = 0;
};

struct CommittedEvent {
  EventPtr event;
  store::Pointer at;
};

// What one batch took, for telemetry; no decision sees it.
struct BatchFigures {
  Duration append;                                       // its synced commit
  Duration total;                                        // from submit to its answer
  std::map<std::string, std::uint64_t> inputs_by_agent;  // by composition entry
};

struct BatchDone {
  std::vector<CommittedEvent> events;
  Error error;  // context empty: it worked
  BatchFigures figures;
};

struct StepWork {
  std::size_t order = 0;
  EventPtr input;
};
struct RunSteps {
  std::uint64_t stage = 0;
  OpaqueViews views;
  std::vector<StepWork> work;
};
struct StepsDone {
  std::uint64_t stage = 0;
  std::size_t host = 0;
  std::vector<std::pair<std::size_t, StepResult>> results;
};
struct DrainRows {};
struct RowsDrained {
  std::size_t host = 0;
  std::vector<AgentRow> rows;
};
// Gives a host its agents anew; what it had is dropped.
struct ResetHost {
  std::vector<AgentRow> rows;
};
struct AnswerQuestions {
  std::uint64_t stage = 0;
  std::vector<Question> questions;
  OpaqueViews views;
};
struct QuestionsAnswered {
  std::uint64_t stage = 0;
  std::vector<events::Payload> answers;  // in the order of the questions
};
struct WindowOver {
  std::uint64_t micro_batch = 0;
};
struct StageDeadline {
  std::uint64_t stage = 0;
};
struct CommitBatch {
  store::Batch batch;
};
struct BatchCommitted {
  std::vector<store::Pointer> at;
  Error error;
  Duration took;
};

struct Control {
  std::variant<FormBatch, BatchDone, RunSteps, StepsDone, DrainRows, RowsDrained, ResetHost,
               AnswerQuestions, QuestionsAnswered, WindowOver, StageDeadline, CommitBatch,
               BatchCommitted>
      body;
};
using ControlPtr = std::shared_ptr<const Control>;

template <class T>
ControlPtr control(T body) {
  return std::make_shared<const Control>(Control{std::move(body)});
}

}  // namespace ars::runtime
