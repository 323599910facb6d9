#include "runtime/replay/reexec.hpp"

#include "events/base/check.hpp"
#include "runtime/executor.hpp"
#include "runtime/limits.hpp"
#include "runtime/replay/stored.hpp"

#include <fmt/format.h>

#include <set>

namespace ars::runtime {
namespace {

using events::Event;

// A question of this build beside the answer that the log holds.
struct Rescoring {
  Question question;
  events::Payload recorded;
  store::Pointer at;
};

class Reexecutor final : public StepVisitor {
 public:
  Reexecutor(const Rescorer& rescorer, ReexecReport& report)
      : rescorer_(rescorer), report_(report) {}

  void begin(const BatchView& batch, OpaqueViews views) {
    batch_ = &batch;
    views_ = std::move(views);
    asked_.clear();
    keys_.clear();
  }

  Result<void> step(AgentHost& host, const Event& input,
                    std::span<const Event* const> facts) override {
    auto decided = host.decide(input, views_.get());
    if (!decided) {
      diverge(host, input, facts, {Verdict::diverged, "decide", "done", decided.error().context});
    } else {
      judge(host, input, facts, decided.value());
      for (auto& question : decided.value().questions) {
        if (!keys_.insert(question.body->key()).second) continue;
        asked_.emplace_back(std::move(question), &input);
      }
    }
    return host.apply(input, facts);
  }

  Result<void> stage_over(std::span<const Event* const> answers) override {
    if (answers.size() != asked_.size()) {
      const auto& near = answers.empty() ? *asked_.front().second : *answers.front();
      count({Verdict::diverged, "questions", fmt::format("{} answers", answers.size()),
             fmt::format("{} questions", asked_.size())},
            batch_->at(near), "the stage");
    } else {
      for (std::size_t i = 0; i < answers.size(); ++i)
        take_answer(*answers[i], i);
    }
    asked_.clear();
    keys_.clear();
    if (rescorings_.size() >= limits::rescore_questions) rescore();
    return success();
  }

  // Asks for all answers that wait, at once.
  void rescore() {
    std::vector<Question> questions;
    for (const auto& each : rescorings_)
      questions.push_back(each.question);
    if (questions.empty()) return;
    const auto answers = rescorer_(questions);
    ARS_CHECK(answers.size() == questions.size(), "{} answers to {} questions", answers.size(),
              questions.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& each = rescorings_[i];
      auto compared = compare_payloads(each.recorded, answers[i]);
      if (!compared.field.empty()) {
        compared.field = fmt::format("{} {}", events::name_of(each.recorded), compared.field);
      }
      count(std::move(compared), each.at, "the model");
    }
    rescorings_.clear();
  }

  void count(Comparison compared, const store::Pointer& at, const std::string& agent) {
    ++report_.decisions;
    if (compared.verdict == Verdict::exact) ++report_.exact;
    if (compared.verdict == Verdict::equivalent) ++report_.equivalent;
    if (compared.verdict != Verdict::diverged) return;
    ++report_.diverged;
    if (report_.first_divergence.has_value() && report_.first_divergence->at <= at) return;
    report_.first_divergence =
        Divergence{at, agent, std::move(compared.field), std::move(compared.recorded),
                   std::move(compared.recomputed)};
  }

 private:
  void diverge(const AgentHost& host, const Event& input, std::span<const Event* const> facts,
               Comparison compared) {
    count(std::move(compared), batch_->at(facts.empty() ? input : *facts.front()),
          host.entry().agent);
  }

  void judge(AgentHost& host, const Event& input, std::span<const Event* const> facts,
             const Decision& decision) {
    if (facts.empty() && decision.facts.empty() && decision.questions.empty()) return;
    if (facts.size() != decision.facts.size()) {
      const auto recorded = fmt::format("{} facts", facts.size());
      const auto now = fmt::format("{} facts", decision.facts.size());
      diverge(host, input, facts, {Verdict::diverged, "facts", recorded, now});
      return;
    }
    Comparison worst;
    auto [agent, sequence] = host.addressee(input);
    for (std::size_t i = 0; i < facts.size(); ++i, sequence = sequence.next()) {
      auto compared = compare_payloads(facts[i]->payload, decision.facts[i]);
      if (compared.verdict != Verdict::diverged)
        check_header(*facts[i], input, agent, sequence, compared);
      if (compared.verdict <= worst.verdict) continue;
      compared.field = fmt::format("{} {}", events::name_of(facts[i]->payload), compared.field);
      worst = std::move(compared);
      if (worst.verdict != Verdict::diverged) continue;
      count(std::move(worst), batch_->at(*facts[i]), host.entry().agent);
      return;
    }
    count(std::move(worst), batch_->at(facts.empty() ? input : *facts.front()), host.entry().agent);
  }

  // A decision made again gets the same id.
  static void check_header(const Event& fact, const Event& input, const AgentId& agent,
                           Sequence sequence, Comparison& out) {
    const auto id =
        events::make_event_id(input.header.log_time_ns, agent, sequence, input.header.event_id);
    if (fact.header.event_id != id) {
      out = {Verdict::diverged, "event_id", to_hex(fact.header.event_id), to_hex(id)};
    } else if (fact.header.correlation_id != input.header.correlation_id) {
      out = {Verdict::diverged, "correlation_id", to_hex(fact.header.correlation_id),
             to_hex(input.header.correlation_id)};
    }
  }

  void take_answer(const Event& answer, std::size_t index) {
    const auto& [question, cause] = asked_[index];
    const auto id =
        events::make_ingress_id(cause->header.log_time_ns, "answer",
                                fmt::format("{}/{}", to_hex(cause->header.event_id), index));
    if (answer.header.causation_id != cause->header.event_id || answer.header.event_id != id) {
      count({Verdict::diverged, "event_id", to_hex(answer.header.event_id), to_hex(id)},
            batch_->at(answer), "the stage");
    } else if (!rescorer_ || answer.payload == question.body->timed_out()) {
      ++report_.taken_as_recorded;
    } else {
      rescorings_.push_back({question, answer.payload, batch_->at(answer)});
    }
  }

  const Rescorer& rescorer_;
  ReexecReport& report_;
  const BatchView* batch_ = nullptr;
  OpaqueViews views_;
  std::vector<std::pair<Question, const Event*>> asked_;
  std::set<std::string> keys_;
  std::vector<Rescoring> rescorings_;
};

// One partition, batch by batch: steps under the views in force, then the views take the batch in.
class PartitionReexec {
 public:
  PartitionReexec(const store::EventLog& log, const ReplaySetup& setup, const LogOrigin& origin,
                  std::uint16_t partition, Reexecutor& executor)
      : log_(log),
        origin_(origin),
        stream_{store::Topic::evt, partition},
        agents_(
            {origin.identity.cluster, partition, origin.identity.partitions, origin.identity.seed},
            *setup.kinds),
        keeper_(setup.make_keeper()),
        executor_(executor) {}

  Result<void> take(const Chunk& chunk) {
    for (const auto& batch : batches_of(chunk, stream_)) {
      check_rewiring(batch);
      executor_.begin(batch, keeper_->current());
      ARS_TRY(walk_batch(batch, origin_, agents_, executor_));
      for (const auto& event : batch.events) {
        const bool ours = event.header.type_id != events::ViewPublished::type_id &&
                          event.header.type_id != events::EpochFence::type_id;
        if (ours) keeper_->observe(event, batch.at(event));
      }
      for (const auto& event : batch.events) {
        const auto* published = event.as<events::ViewPublished>();
        if (published != nullptr) ARS_TRY(check_view(log_, *keeper_, *published, batch.at(event)));
      }
    }
    if (!chunk.error.context.empty()) return outcome::failure(chunk.error);
    return success();
  }

 private:
  // A new composition is a decision too: the one that the views asked for.
  void check_rewiring(const BatchView& batch) {
    const auto* formed = batch.events.front().as<events::BatchFormed>();
    if (formed == nullptr || formed->composition.value() == agents_.version()) return;
    const auto found = origin_.compositions.find(formed->composition.value());
    if (found == origin_.compositions.end()) return;  // the walk says so
    Comparison compared;
    if (keeper_->wanted().agents != found->second.agents) {
      compared = {Verdict::diverged, "composition",
                  fmt::format("{} agents", found->second.agents.size()),
                  fmt::format("{} agents", keeper_->wanted().agents.size())};
    }
    executor_.count(std::move(compared), batch.first, "the composition");
  }

  const store::EventLog& log_;
  const LogOrigin& origin_;
  store::Stream stream_;
  AgentSet agents_;
  std::unique_ptr<ViewKeeper> keeper_;
  Reexecutor& executor_;
};

}  // namespace

std::string to_string(const Divergence& divergence) {
  return fmt::format("{}: {}: {}: recorded {}, now {}", store::to_string(divergence.at),
                     divergence.agent, divergence.field, divergence.recorded,
                     divergence.recomputed);
}

Result<ReexecReport> reexec(const store::EventLog& log, const ReplaySetup& setup,
                            const Rescorer& rescorer) {
  ReexecReport report;
  ARS_TRY(const auto origin, read_origin(log));
  report.events = origin.events;
  Reexecutor executor(rescorer, report);
  for (std::uint16_t partition = 0; partition < origin.identity.partitions; ++partition) {
    const store::Stream stream{store::Topic::evt, partition};
    PartitionReexec part(log, setup, origin, partition, executor);
    ChunkReader reader(log, stream);
    Result<void> done = success();
    // Chunks are read and decoded ahead; decisions are made again one after the other.
    std::vector<Chunk> chunks(limits::replay_chunks);
    run_pipeline(chunks.size(), [&](std::size_t slot) { return reader.fill(chunks[slot]); },
                 {{Order::any, [&](std::size_t slot) { decode(chunks[slot], stream); }},
                  {Order::in_turn, [&](std::size_t slot) {
                     report.events += chunks[slot].slices.size();
                     if (done.has_value()) done = part.take(chunks[slot]);
                   }}});
    ARS_TRY(std::move(done));
  }
  executor.rescore();
  return report;
}

}  // namespace ars::runtime
