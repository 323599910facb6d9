#include "cli/run/run_loop.hpp"

#include "actors/decision_views.hpp"
#include "actors/registry.hpp"
#include "cli/run/health_door.hpp"
#include "cli/run/kafka_link.hpp"
#include "cli/run/narrator.hpp"
#include "events/base/narrow.hpp"
#include "runtime/clock.hpp"

#include <fmt/format.h>

#include <chrono>

namespace ars::cli {
namespace {

constexpr std::uint64_t logical_start_ns = 1'700'000'000'000'000'000;
constexpr std::uint64_t ns_per_interaction = 1'000'000;
constexpr std::chrono::milliseconds training_patience = std::chrono::minutes(30);
constexpr std::chrono::milliseconds interrupt_patience{100};  // how late an interrupt may be seen

// One node with its own instance of the source.
class Feeder {
 public:
  Feeder(OpenNode node, std::unique_ptr<Source> source, const RunOptions& options)
      : node_(std::move(node)), source_(std::move(source)), options_(options) {}

  const runtime::PartitionMark& mark() const { return node_.node->mark(); }
  OpenNode& node() { return node_; }
  const Source& source() const { return *source_; }
  const actors::Deployment& deployment() const {
    return *static_cast<const actors::DecisionViews*>(node_.node->views().get())->deployment;
  }

  // Shows the source and a listener what the log already holds.
  Result<void> replay(const std::function<void(const events::Event&)>& listener) {
    Error broken;
    ARS_TRY(node_.log->scan({{store::Topic::evt, 0}, Offset(0)},
                            [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
                              auto event = events::open_event(stored);
                              if (!event.has_value()) {
                                broken = event.error();
                                return false;
                              }
                              source_->observe(*event.value());
                              listener(*event.value());
                              return true;
                            }));
    if (!broken.context.empty()) return ars::outcome::failure(broken);
    return success();
  }

  // The operator's first words: the bounds, and the plan to start with.
  Result<std::vector<runtime::CommittedEvent>> introduce() {
    runtime::FormBatch form;
    form.mark = {mark().position, mark().interactions};
    form.waves = {{{source_->evolution(), "operator", "evolution/1", {}},
                   {events::PlanProposed{0, source_->first_plan()}, "operator", "plan/1", {}}}};
    return submit(std::move(form));
  }

  // A plan that the operator deploys: how the twin comes to stand still.
  Result<std::vector<runtime::CommittedEvent>> deploy(const events::ServingPlan& plan) {
    runtime::FormBatch form;
    form.mark = {mark().position, mark().interactions};
    form.waves = {
        {{events::PlanProposed{0, plan}, "operator", fmt::format("plan/{}", plan.version), {}}}};
    return submit(std::move(form));
  }

  Result<std::optional<runtime::FormBatch>> next(std::uint64_t limit) {
    const runtime::SourceMark at{mark().position, mark().interactions};
    const auto left = limit == 0
                          ? options_.interactions_per_batch
                          : std::min(limit - at.interactions, options_.interactions_per_batch);
    return source_->next(at, left);
  }

  Result<std::vector<runtime::CommittedEvent>> submit(runtime::FormBatch form) {
    if (options_.lockstep) {
      form.clock_ns = logical_start_ns + form.mark.interactions * ns_per_interaction;
    } else {
      form.clock_ns = narrow<std::uint64_t>(clock_.now().value());
    }
    ARS_TRY(auto events, node_.node->submit(std::move(form)));
    for (const auto& each : events)
      source_->observe(*each.event);
    return events;
  }

  Result<void> close() {
    node_.node->stop();
    return node_.log->close();
  }

 private:
  OpenNode node_;
  std::unique_ptr<Source> source_;
  const RunOptions& options_;
  runtime::SystemClock clock_;
};

Result<std::unique_ptr<Feeder>> open_feeder(const RunOptions& options,
                                            const std::filesystem::path& directory,
                                            SourceSetting setting,
                                            std::unique_ptr<store::RocksDbLog> log = nullptr) {
  ARS_TRY(auto source, open_source(setting));
  NodeOptions node;
  node.directory = directory;
  node.pseudonym_key = setting.pseudonym_key;
  node.identity = {source->name(), setting.seed, source->data_hash(), options.lockstep};
  node.stage_deadline_ms = options.lockstep ? 0 : options.stage_deadline_ms;
  ARS_TRY(auto opened, open_node(node, std::move(log)));
  return std::make_unique<Feeder>(std::move(opened), std::move(source), options);
}

// Durable before any event may name it; between batches nobody else writes.
Result<Bytes32> keep_blob(OpenNode& node, ByteSpan bytes) {
  ARS_TRY(auto stored, node.blobs->put(bytes));
  if (stored.write.has_value()) {
    store::Batch batch;
    batch.writes.push_back(std::move(*stored.write));
    ARS_TRY([[maybe_unused]] auto at, node.log->commit(batch));
  }
  return stored.sha256;
}

class Run {
 public:
  explicit Run(const RunOptions& options) : options_(options), narrator_(options.say) {}

  Result<RunEnd> go() {
    ARS_TRY(open());
    RunEnd end;
    const auto began = clock_.now();
    const auto interactions_before = system_->mark().interactions;
    if (kafka_) ARS_TRY(publish());
    if (health_) health_->ready();
    for (;;) {
      if (options_.interrupted && options_.interrupted()) {
        end.interrupted = true;
        break;
      }
      ARS_TRY(const bool more, step());
      if (!more) break;
    }
    end.interactions = system_->mark().interactions;
    say_rate(end.interactions - interactions_before, (clock_.now() - began).seconds());
    training_->stop();
    if (kafka_) kafka_->stop();
    ARS_TRY(system_->close());
    if (twin_) ARS_TRY(twin_->close());
    return end;
  }

 private:
  // What a log for this source says of itself. The data's hash does not depend on the key.
  Result<LogIdentity> identity() const {
    ARS_TRY(const auto source, open_source(options_.source));
    return LogIdentity{source->name(), options_.source.seed, source->data_hash(),
                       options_.lockstep};
  }

  Result<void> open_nodes() {
    auto setting = options_.source;
    std::unique_ptr<store::RocksDbLog> log;
    if (options_.kafka.has_value()) {
      ARS_TRY(kafka_, KafkaLink::connect(*options_.kafka, options_.say));
      ARS_TRY(log, kafka_->log_for(options_.directory, [this] { return identity(); }));
    }
    const auto key =
        pseudonym_key(options_.directory, {setting.kind, setting.seed, {}, options_.lockstep},
                      options_.pseudonym_key_file);
    if (!key.has_value()) {
      // A log of another source, seed or mode is that first.
      if (log == nullptr) {
        ARS_TRY(const auto opened, open_feeder(options_, options_.directory, setting, nullptr));
        ARS_TRY(opened->close());
      }
      // An adopted log is of use without it.
      if (log != nullptr) ARS_TRY(log->close());
      return ars::outcome::failure(key.error());
    }
    setting.pseudonym_key = key.value();
    ARS_TRY(system_, open_feeder(options_, options_.directory, setting, std::move(log)));
    if (kafka_) ARS_TRY(kafka_->start(*system_->node().log, *system_->node().blobs));
    if (setting.kind != "sim") return success();
    setting.evolution = false;
    ARS_TRY(twin_, open_feeder(options_, options_.directory / "frozen", setting));
    if (options_.say && twin_->mark().batch == 0 && system_->mark().interactions > 0) {
      options_.say("The frozen twin's log is not here; it is run again from the seed.");
    }
    return success();
  }

  Result<void> open() {
    if (options_.http.has_value()) {
      ARS_TRY(health_, HealthDoor::open(*options_.http));
      narrator_.say("Health and metrics at http://" + health_->address());
    }
    ARS_TRY(open_nodes());
    actors::TrainingSetting training;
    training.directory = options_.directory / "jobs";
    training.program = std::filesystem::read_symlink("/proc/self/exe").string();
    training.trainer = options_.trainer;
    training.scorers = make_scorers();
    training.keep_blob = [this](ByteSpan bytes) { return keep_blob(system_->node(), bytes); };
    training.load_blob = [this](const Bytes32& hash) { return system_->node().blobs->get(hash); };
    training_ =
        std::make_unique<actors::TrainingEffects>(std::move(training), options_.source.rows_max);
    const auto resumed = system_->mark().batch > 0;
    ARS_TRY(system_->replay([&](const events::Event& event) {
      take(event);
      if (health_) health_->metrics().observe(event, Moment::recalled);
    }));
    if (twin_) {
      ARS_TRY(twin_->replay([&](const events::Event& event) {
        if (health_) health_->metrics().observe_twin(event);
      }));
    }
    tell_health();
    if (resumed) {
      narrator_.say(fmt::format("Resuming after {} interactions.", system_->mark().interactions));
    }
    narrator_.wake();
    return success();
  }

  // Of a closed loop: the next requests come when these are answered. Logical time has no rate.
  void say_rate(std::uint64_t interactions, double seconds) const {
    if (options_.lockstep || interactions == 0 || seconds <= 0) return;
    narrator_.say(fmt::format("{} interactions in {:.1f} s: {:.0f} a second, closed loop.",
                              interactions, seconds, to_double(interactions) / seconds));
  }

  void take(const events::Event& event) {
    if (const auto* configured = event.as<events::EvolutionConfigured>()) {
      job_delay_ = configured->job_delay;
    }
    training_->observe(event);
    narrator_.observe(event);
    if (const auto* frozen = event.as<events::PlanFrozen>()) {
      frozen_at_ = frozen->interactions;
      frozen_version_ = frozen->plan;
    } else if (const auto* proposed = event.as<events::PlanProposed>()) {
      plans_[proposed->plan.version] = proposed->plan;
    }
  }

  Result<void> after(const Result<std::vector<runtime::CommittedEvent>>& batch) {
    if (!batch.has_value()) return ars::outcome::failure(batch.error());
    for (const auto& each : batch.value())
      take(*each.event);
    if (health_) {
      health_->metrics().committed(batch.value(), system_->node().node->figures());
    }
    return training_->start_requested();
  }

  void after_twin(const std::vector<runtime::CommittedEvent>& batch) {
    if (!health_) return;
    for (const auto& each : batch)
      health_->metrics().observe_twin(*each.event);
  }

  void tell_health() {
    if (health_) health_->update(system_->mark(), system_->node().log->heads());
  }

  Result<void> publish() {
    ARS_TRY(kafka_->publish(options_.interrupted, [this](const std::string& reason) {
      if (health_) health_->broker_away(reason, kafka_->lag());
    }));
    if (health_) health_->broker_answers(kafka_->lag());
    return success();
  }

  enum class Awaited { done, interrupted };

  // Results enter at a fixed count of interactions in lockstep, else when they are there. An
  // interrupt ends the waiting, and the batch: without its results it would be another one.
  Result<Awaited> add_results(runtime::FormBatch& form) {
    if (!training_->waiting()) return Awaited::done;
    ARS_TRY(training_->start_requested());
    const auto due = training_->oldest().interactions + job_delay_;
    if (options_.lockstep && form.mark.interactions < due) return Awaited::done;
    auto left = options_.lockstep ? training_patience : std::chrono::milliseconds(0);
    for (;;) {
      const auto step = std::min(left, interrupt_patience);
      auto drafts = training_->take(step);
      if (drafts.has_value()) {
        form.waves.insert(form.waves.begin(), std::move(drafts).value());
        return Awaited::done;
      }
      left -= step;
      if (drafts.error().code != Errc::timeout || (options_.lockstep && left.count() == 0)) {
        auto error = within("training", drafts.error());
        // The machine, not a server that somebody could start.
        if (error.code == Errc::unavailable) error.code = Errc::overloaded;
        return ars::outcome::failure(std::move(error));
      }
      if (left.count() == 0) return Awaited::done;
      if (options_.interrupted && options_.interrupted()) return Awaited::interrupted;
    }
  }

  bool finished(const Feeder& feeder) const {
    return options_.limit != 0 && feeder.mark().interactions >= options_.limit;
  }

  // One batch of the system, then the twin's batches up to the same count.
  Result<bool> step() {
    if (finished(*system_) && (!twin_ || finished(*twin_))) return false;
    bool moved = false;
    if (!finished(*system_)) {
      ARS_TRY(moved, step_system());
    }
    while (twin_ && twin_->mark().interactions < system_->mark().interactions) {
      if (options_.interrupted && options_.interrupted()) break;
      ARS_TRY(const bool twin_moved, step_twin());
      if (!twin_moved) break;
      moved = true;
    }
    tell_health();
    if (kafka_) ARS_TRY(publish());
    narrator_.progress(system_->mark().interactions, options_.limit);
    return moved;
  }

  Result<bool> step_system() {
    if (system_->deployment().champion == 0) {
      ARS_TRY(after(system_->introduce()));
      return true;
    }
    ARS_TRY(auto form, system_->next(options_.limit));
    if (!form.has_value()) return false;
    ARS_TRY(const auto awaited, add_results(*form));
    if (awaited == Awaited::interrupted) return true;
    ARS_TRY(after(system_->submit(std::move(*form))));
    return true;
  }

  // The twin takes over the first trained plan at the same count of interactions, and stands still.
  Result<bool> step_twin() {
    if (twin_->deployment().champion == 0) {
      ARS_TRY(const auto done, twin_->introduce());
      after_twin(done);
      return true;
    }
    const bool due = frozen_version_ != 0 && twin_->deployment().champion != frozen_version_ &&
                     twin_->mark().interactions >= frozen_at_;
    if (due) {
      const auto& plan = plans_.at(frozen_version_);
      ARS_TRY(const auto weights, system_->node().blobs->get(plan.ranker.weights));
      ARS_TRY([[maybe_unused]] auto hash, keep_blob(twin_->node(), weights));
      ARS_TRY(const auto done, twin_->deploy(plan));
      after_twin(done);
      return true;
    }
    // A twin that is run again stops where the plan was frozen, as it did beside the system.
    const auto here = twin_->mark().interactions;
    const auto until = system_->mark().interactions;
    ARS_TRY(auto form, twin_->next(here < frozen_at_ ? std::min(until, frozen_at_) : until));
    if (!form.has_value()) return false;
    ARS_TRY(const auto done, twin_->submit(std::move(*form)));
    after_twin(done);
    return true;
  }

  const RunOptions& options_;
  Narrator narrator_;
  runtime::SystemClock clock_;
  std::unique_ptr<Feeder> system_;
  std::unique_ptr<Feeder> twin_;
  std::unique_ptr<actors::TrainingEffects> training_;
  std::unique_ptr<KafkaLink> kafka_;
  std::unique_ptr<HealthDoor> health_;
  std::uint64_t job_delay_ = 0;
  std::uint64_t frozen_at_ = 0;
  std::uint64_t frozen_version_ = 0;
  std::map<std::uint64_t, events::ServingPlan> plans_;
};

}  // namespace

Result<RunEnd> run(const RunOptions& options) { return Run(options).go(); }

}  // namespace ars::cli
