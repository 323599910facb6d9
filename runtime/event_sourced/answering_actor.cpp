#include "runtime/event_sourced/answering_actor.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

#include <iterator>

namespace ars::runtime {
namespace {

struct Pending {
  caf::actor asker;
  std::uint64_t stage = 0;
  std::vector<Question> questions;
};

struct AnsweringState {
  Answering setting;
  std::vector<Pending> pending;
  std::uint64_t micro_batch = 0;  // the one that is collected
  static inline const char* name = "ars.answering";
};

using AnsweringActor = caf::stateful_actor<AnsweringState>;

void answer_all(AnsweringActor* self) {
  auto& state = self->state;
  std::vector<Question> questions;
  for (const auto& each : state.pending)
    questions.insert(questions.end(), each.questions.begin(), each.questions.end());
  auto answers = state.setting.answer(questions);
  ARS_CHECK(answers.size() == questions.size(), "{} answers to {} questions", answers.size(),
            questions.size());
  auto next = std::make_move_iterator(answers.begin());
  for (const auto& each : state.pending) {
    const auto end = next + narrow<std::ptrdiff_t>(each.questions.size());
    self->send(each.asker, control(QuestionsAnswered{each.stage, {next, end}}));
    next = end;
  }
  state.pending.clear();
  ++state.micro_batch;
}

void on_questions(AnsweringActor* self, const AnswerQuestions& ask) {
  auto& state = self->state;
  state.pending.push_back(
      {caf::actor_cast<caf::actor>(self->current_sender()), ask.stage, ask.questions});
  const auto window = state.setting.window && state.pending.size() < state.setting.askers
                          ? state.setting.window(ask.views)
                          : std::chrono::microseconds(0);
  if (window.count() <= 0) {
    answer_all(self);
  } else if (state.pending.size() == 1) {
    self->delayed_send(self, window, control(WindowOver{state.micro_batch}));
  }
}

caf::behavior answering(AnsweringActor* self, Answering setting) {
  self->state.setting = std::move(setting);
  return {[=](const ControlPtr& message) {
    if (const auto* ask = std::get_if<AnswerQuestions>(&message->body)) {
      on_questions(self, *ask);
    } else if (const auto* over = std::get_if<WindowOver>(&message->body)) {
      const auto& state = self->state;
      if (over->micro_batch == state.micro_batch && !state.pending.empty()) answer_all(self);
    }
  }};
}

}  // namespace

caf::actor spawn_answering(caf::actor_system& system, Answering setting) {
  return system.spawn<caf::detached>(answering, std::move(setting));
}

}  // namespace ars::runtime
