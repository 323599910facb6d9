#include "runtime/event_sourced/partition_actor.hpp"

#include "events/base/narrow.hpp"
#include "runtime/dispatch/dispatcher.hpp"
#include "runtime/event_sourced/answering_actor.hpp"
#include "runtime/limits.hpp"
#include "runtime/mailbox.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

namespace ars::runtime {
namespace {

using caf::actor;
using caf::behavior;
using caf::event_based_actor;

Duration since(std::chrono::steady_clock::time_point began) {
  const auto took = std::chrono::steady_clock::now() - began;
  return Duration(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
}

// Hosts the agents of one composition entry.
struct ShellState {
  std::unique_ptr<AgentHost> host;
  std::size_t index = 0;
  static inline const char* name = "ars.shell";
};

behavior shell(caf::stateful_actor<ShellState>* self, HostIdentity identity, AgentKind kind,
               events::AgentEntry entry, std::size_t index, std::vector<AgentRow> rows) {
  const auto rebuild = [=](const std::vector<AgentRow>& from) {
    self->state.host = std::make_unique<AgentHost>(identity, kind, entry);
    for (const auto& row : from) {
      const auto restored = self->state.host->restore(row);
      ARS_CHECK(restored.has_value(), "state of {} does not open: {}", row.name,
                restored.has_value() ? "" : restored.error().context);
    }
  };
  self->state.index = index;
  rebuild(rows);
  return {[=](const ControlPtr& message) {
    auto& host = *self->state.host;
    if (const auto* run = std::get_if<RunSteps>(&message->body)) {
      StepsDone done{run->stage, self->state.index, {}};
      for (const auto& work : run->work) {
        done.results.emplace_back(work.order, host.step(*work.input, run->views.get()));
        if (done.results.back().second.failed) break;
      }
      self->send(caf::actor_cast<actor>(self->current_sender()), control(std::move(done)));
    } else if (std::get_if<DrainRows>(&message->body) != nullptr) {
      self->send(caf::actor_cast<actor>(self->current_sender()),
                 control(RowsDrained{self->state.index, host.drain()}));
    } else if (const auto* reset = std::get_if<ResetHost>(&message->body)) {
      rebuild(reset->rows);
    }
  }};
}

behavior store_writer(event_based_actor* self, store::EventLog* log) {
  return {[=](const ControlPtr& message) {
    const auto* commit = std::get_if<CommitBatch>(&message->body);
    if (commit == nullptr) return;
    BatchCommitted out;
    const auto began = std::chrono::steady_clock::now();
    auto committed = log->commit(commit->batch);
    out.took = since(began);
    if (committed.has_value()) {
      out.at = std::move(committed).value();
    } else {
      out.error = committed.error();
    }
    self->send(caf::actor_cast<actor>(self->current_sender()), control(std::move(out)));
  }};
}

// The batch in progress, stage by stage.
struct WorkerState {
  PartitionCore* core = nullptr;
  // By entry of the composition. Owned by Node, which changes it between batches only.
  const std::vector<actor>* shells = nullptr;
  actor writer;
  actor answers;
  std::uint64_t deadline_ms = 0;

  FormBatch form;
  actor submitter;
  std::uint64_t stage = 0;
  std::size_t depth = 0;
  std::size_t wave = 0;     // the next to admit
  std::size_t waiting = 0;  // hosts that still drain
  Dispatcher dispatcher{limits::steps_in_flight_max};
  CreditWindow answering{limits::question_pieces_in_flight_max};
  std::vector<Question> questions;
  std::vector<EventPtr> question_causes;
  std::size_t asked = 0;  // of the questions
  std::vector<events::Payload> answered;
  std::vector<EventPtr> facts;
  std::set<std::size_t> touched;
  std::vector<AgentRow> rows;
  BatchFigures figures;
  static inline const char* name = "ars.partition";
};

using WorkerActor = caf::stateful_actor<WorkerState>;

void finish_with(WorkerActor* self, BatchDone done) {
  self->send(self->state.submitter, control(std::move(done)));
}

void drain_rows(WorkerActor* self) {
  auto& state = self->state;
  state.rows.clear();
  state.waiting = state.touched.size();
  for (const auto host : state.touched)
    self->send((*state.shells)[host], control(DrainRows{}));
  if (state.waiting == 0) {
    self->send(state.writer, control(CommitBatch{state.core->finish({})}));
  }
}

void send_steps(WorkerActor* self) {
  auto& state = self->state;
  for (auto& [host, run] : state.dispatcher.ready())
    self->send((*state.shells)[host], control(std::move(run)));
}

// The next work of the batch: this stage's, that of answers in the stead of agents that were passed
// over, or the next wave's. Empty at the end.
Dispatcher::Work next_work(WorkerState& state, const std::vector<EventPtr>& stage) {
  auto work = state.core->dispatch(stage);
  while (work.empty()) {
    if (const auto instead = state.core->stand_in(); !instead.empty()) {
      work = state.core->dispatch(instead);
      continue;
    }
    if (state.wave == state.form.waves.size()) break;
    state.depth = 0;
    work = state.core->dispatch(
        state.core->admit(state.form.waves[state.wave++], state.form.clock_ns));
  }
  return work;
}

void run_stage(WorkerActor* self, const std::vector<EventPtr>& stage) {
  auto& state = self->state;
  if (++state.depth > limits::cascade_stages_max) {
    finish_with(self, {{}, {Errc::invalid, "a cascade is deeper than its limit"}, {}});
    return;
  }
  auto work = next_work(state, stage);
  if (work.empty()) {
    drain_rows(self);
    return;
  }
  for (const auto& [host, run] : work) {
    state.touched.insert(host);
    state.figures.inputs_by_agent[state.core->routes().composition().agents[host].agent] +=
        run.work.size();
  }
  state.dispatcher.begin(++state.stage, std::move(work));
  send_steps(self);
}

void start_batch(WorkerActor* self) {
  auto& state = self->state;
  state.touched.clear();
  state.depth = 0;
  state.wave = 0;
  run_stage(self, state.core->begin(state.form));
}

// A step failed: every host of the batch goes back to what is stored, the attempt is noted durably,
// and the batch is formed again; the second failure on one input skips it.
void step_failed(WorkerActor* self, std::size_t order) {
  auto& state = self->state;
  auto& stage = state.dispatcher;
  const auto noted = state.core->abort_batch(stage.host(order), stage.input(order),
                                             stage.results()[order].failure);
  if (!noted.has_value()) {
    finish_with(self, {{}, noted.error(), {}});
    return;
  }
  for (const auto host : state.touched) {
    const auto& entry = state.core->routes().composition().agents[host];
    self->send((*state.shells)[host], control(ResetHost{state.core->stored_rows(entry.agent)}));
  }
  start_batch(self);
}

// Asks for what the window allows; the rest waits for an answer, or for the stage's deadline.
void send_questions(WorkerActor* self) {
  auto& state = self->state;
  while (state.asked < state.questions.size() && state.answering.take(1) == 1) {
    const auto size =
        std::min(state.questions.size() - state.asked, limits::questions_in_piece_max);
    const auto first = state.questions.begin() + narrow<std::ptrdiff_t>(state.asked);
    self->send(state.answers, control(AnswerQuestions{state.stage,
                                                      {first, first + narrow<std::ptrdiff_t>(size)},
                                                      state.core->views()}));
    state.asked += size;
  }
}

void ask_or_go_on(WorkerActor* self) {
  auto& state = self->state;
  auto& results = state.dispatcher.results();
  std::set<std::string> asked;
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (auto& question : results[i].questions) {
      if (!asked.insert(question.body->key()).second) continue;
      state.questions.push_back(question);
      state.question_causes.push_back(state.dispatcher.input(i));
    }
  }
  state.facts = state.core->collect(results);
  if (state.questions.empty()) {
    const auto next = std::move(state.facts);
    run_stage(self, next);
    return;
  }
  send_questions(self);
  if (state.deadline_ms > 0) {
    self->delayed_send(self, std::chrono::milliseconds(state.deadline_ms),
                       control(StageDeadline{state.stage}));
  }
}

void on_answers(WorkerActor* self, const std::vector<events::Payload>& answers) {
  auto& state = self->state;
  auto next = std::move(state.facts);
  for (auto& event : state.core->record_answers(answers, state.question_causes)) {
    next.push_back(std::move(event));
  }
  state.questions.clear();
  state.question_causes.clear();
  state.answered.clear();
  state.asked = 0;
  ++state.stage;  // a late answer or deadline of this stage finds another number
  run_stage(self, next);
}

void on_steps(WorkerActor* self, const StepsDone& done) {
  auto& dispatcher = self->state.dispatcher;
  dispatcher.done(done.host, done.results);
  if (!dispatcher.idle()) {
    send_steps(self);
  } else if (dispatcher.failed().has_value()) {
    step_failed(self, *dispatcher.failed());
  } else {
    ask_or_go_on(self);
  }
}

// A piece of answers, or one that came too late: either way the window is open again.
void on_piece(WorkerActor* self, const QuestionsAnswered& piece) {
  auto& state = self->state;
  state.answering.give_back(1);
  if (piece.stage == state.stage && !state.questions.empty()) {
    state.answered.insert(state.answered.end(), piece.answers.begin(), piece.answers.end());
    if (state.answered.size() == state.questions.size()) {
      const auto answers = std::move(state.answered);
      on_answers(self, answers);
      return;
    }
  }
  send_questions(self);
}

void on_deadline(WorkerActor* self, const StageDeadline& late) {
  auto& state = self->state;
  if (late.stage != state.stage || state.questions.empty()) return;
  std::vector<events::Payload> fallbacks;
  for (const auto& question : state.questions)
    fallbacks.push_back(question.body->timed_out());
  on_answers(self, fallbacks);
}

behavior worker(WorkerActor* self, PartitionCore* core, const std::vector<actor>* shells,
                actor writer, actor answers, std::uint64_t deadline_ms) {
  auto& state = self->state;
  state.core = core;
  state.shells = shells;
  state.writer = std::move(writer);
  state.answers = std::move(answers);
  state.deadline_ms = deadline_ms;
  return {[=](const ControlPtr& message) {
    auto& s = self->state;
    const auto& body = message->body;
    if (const auto* form = std::get_if<FormBatch>(&body)) {
      s.form = *form;
      s.submitter = caf::actor_cast<actor>(self->current_sender());
      s.figures = {};
      start_batch(self);
    } else if (const auto* done = std::get_if<StepsDone>(&body)) {
      on_steps(self, *done);
    } else if (const auto* answered = std::get_if<QuestionsAnswered>(&body)) {
      on_piece(self, *answered);
    } else if (const auto* late = std::get_if<StageDeadline>(&body)) {
      on_deadline(self, *late);
    } else if (const auto* drained = std::get_if<RowsDrained>(&body)) {
      s.rows.insert(s.rows.end(), drained->rows.begin(), drained->rows.end());
      if (--s.waiting > 0) return;
      std::sort(s.rows.begin(), s.rows.end(),
                [](const AgentRow& a, const AgentRow& b) { return a.agent < b.agent; });
      self->send(s.writer, control(CommitBatch{s.core->finish(std::move(s.rows))}));
    } else if (const auto* committed = std::get_if<BatchCommitted>(&body)) {
      BatchDone out;
      out.error = committed->error;
      if (out.error.context.empty()) out.events = s.core->committed();
      out.figures = std::move(s.figures);
      out.figures.append = committed->took;
      finish_with(self, std::move(out));
    }
  }};
}

}  // namespace

struct Node::Impl {
  NodeSetup setup;
  PartitionCore core;
  std::unique_ptr<caf::actor_system_config> config;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<caf::scoped_actor> self;
  std::map<std::string, actor> shells;  // by agent name, in the current composition
  std::vector<actor> ordered;           // the same, by entry of the composition
  actor writer;
  actor answers;
  actor partition;
  // SHARED: says to a second caller that the window of one batch is taken; it must not wait here.
  std::atomic<bool> busy{false};
  BatchFigures figures;  // of the newest batch
  Error broken;          // why nothing can be submitted any more; context empty: it can

  explicit Impl(NodeSetup s) : setup(std::move(s)), core(setup.partition) {}

  void start_system() {
    config = std::make_unique<caf::actor_system_config>();
    config->set("scheduler.max-threads", setup.threads);
    config->set("work-stealing.relaxed-sleep-duration",
                caf::timespan{std::chrono::microseconds(200)});
    config->set("work-stealing.moderate-sleep-duration",
                caf::timespan{std::chrono::microseconds(20)});
    system = std::make_unique<caf::actor_system>(*config);
    self = std::make_unique<caf::scoped_actor>(*system);
    writer = system->spawn<caf::detached>(store_writer, setup.partition.log);
    answers = spawn_answering(*system, setup.answering);
  }

  void spawn_agents(const RouteTable& routes) {
    const auto& agents = routes.composition().agents;
    for (std::size_t i = 0; i < agents.size(); ++i) {
      const auto known = shells.find(agents[i].agent);
      if (known != shells.end()) (*self)->send_exit(known->second, caf::exit_reason::user_shutdown);
      shells[agents[i].agent] =
          system->spawn(shell, setup.partition.identity, setup.partition.kinds->at(agents[i].kind),
                        agents[i], i, core.stored_rows(agents[i].agent));
    }
  }

  // The worker outlives a rewiring: what it has sent and not got back counts on.
  void start_worker() {
    ordered.clear();
    for (const auto& entry : core.routes().composition().agents)
      ordered.push_back(shells.at(entry.agent));
    if (partition) return;
    partition = system->spawn(worker, &core, &ordered, writer, answers, setup.stage_deadline_ms);
  }

  Result<std::vector<CommittedEvent>> submit(FormBatch batch);

  Result<void> rewire_if_wanted() {
    if (!core.rewire_wanted()) return success();
    std::vector<std::string> retired;
    const auto spawn = [&](const RouteTable& routes, const CompositionDifference& change) {
      for (const auto& entry : change.removed)
        retired.push_back(entry.agent);
      spawn_agents(routes);
    };
    const auto snapshot = [&](const std::string& agent) -> Result<std::vector<AgentRow>> {
      return core.stored_rows(agent);
    };
    ARS_TRY(core.rewire(spawn, snapshot));
    for (const auto& name : retired) {
      (*self)->send_exit(shells.at(name), caf::exit_reason::user_shutdown);
      shells.erase(name);
    }
    start_worker();
    return success();
  }
};

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() { stop(); }

Result<std::unique_ptr<Node>> Node::start(NodeSetup setup) {
  auto impl = std::make_unique<Impl>(std::move(setup));
  ARS_TRY(impl->core.recover());
  impl->start_system();
  impl->spawn_agents(impl->core.routes());
  impl->start_worker();
  ARS_TRY(impl->rewire_if_wanted());
  return std::make_unique<Node>(std::move(impl));
}

Result<std::vector<CommittedEvent>> Node::submit(FormBatch batch) {
  if (impl_->busy.exchange(true)) {
    return fail(Errc::overloaded, "a batch is in flight, and the window is one batch");
  }
  auto done = impl_->submit(std::move(batch));
  impl_->busy.store(false);
  return done;
}

Result<std::vector<CommittedEvent>> Node::Impl::submit(FormBatch batch) {
  if (!broken.context.empty()) {
    return fail(Errc::stopping, "a batch failed, start the node anew: " + broken.context);
  }
  std::size_t inputs = 0;
  for (const auto& wave : batch.waves)
    inputs += wave.size();
  if (inputs > limits::batch_inputs_max) {
    return fail(Errc::overloaded, fmt::format("{} inputs in one batch", inputs));
  }
  const auto began = std::chrono::steady_clock::now();
  (*self)->send(partition, control(std::move(batch)));
  BatchDone done;
  (*self)->receive([&](const ControlPtr& message) {
    if (const auto* body = std::get_if<BatchDone>(&message->body)) done = *body;
  });
  figures = std::move(done.figures);
  figures.total = since(began);
  // States in memory are ahead of the log now: nothing may build on them.
  broken = done.error;
  if (!broken.context.empty()) return ars::outcome::failure(broken);
  ARS_TRY(rewire_if_wanted());
  return std::move(done.events);
}

const BatchFigures& Node::figures() const { return impl_->figures; }
const PartitionMark& Node::mark() const { return impl_->core.mark(); }
OpaqueViews Node::views() const { return impl_->core.views(); }

void Node::stop() {
  if (!impl_ || !impl_->system) return;
  auto& self = *impl_->self;
  for (const auto& [name, handle] : impl_->shells) {
    self->send_exit(handle, caf::exit_reason::user_shutdown);
  }
  for (const auto& handle : {impl_->partition, impl_->writer, impl_->answers}) {
    if (handle) self->send_exit(handle, caf::exit_reason::user_shutdown);
  }
  impl_->shells.clear();
  impl_->ordered.clear();
  impl_->partition = {};
  impl_->writer = {};
  impl_->answers = {};
  impl_->self.reset();
  impl_->system.reset();
}

}  // namespace ars::runtime
