// All registered agents on one stage, without actors or a log: each event goes to whoever reads it,
// each question to a model that is none, and what every agent did is kept. Owned by one test.
#pragma once

#include "actors/infrastructure/model_host/answerer.hpp"
#include "actors/registry.hpp"
#include "events/codec/canonical.hpp"
#include "runtime/event_sourced/agent_host.hpp"
#include "test/actors/fake_scorer.hpp"
#include "test/actors/training_results.hpp"
#include "test/actors/world.hpp"

#include <deque>
#include <map>
#include <set>

namespace ars::actors::world {

// Canonical bytes of a decision's facts, then the keys of its questions; or why it failed.
inline std::string text_of(const Result<runtime::Decision>& decision) {
  if (!decision.has_value()) return "failed: " + decision.assume_error().context;
  std::string out;
  for (const auto& fact : decision.value().facts) {
    const auto bytes = events::encode_payload(fact);
    out += std::to_string(events::type_id_of(fact)) + ":" + std::string(as_text(bytes)) + ";";
  }
  for (const auto& question : decision.value().questions)
    out += "?" + question.body->key();
  return out;
}

// The registration of a composition entry.
inline const Registration& registration_of(const std::string& kind) {
  for (const auto& each : registrations()) {
    if (each.kind.name == kind) return each;
  }
  ARS_CHECK(false, "no kind {}", kind);
  return registrations().front();
}

class Stage {
 public:
  Stage() { recompose(); }

  // One batch: the inputs and everything that follows from them.
  void play(const std::vector<Payload>& inputs) {
    for (const auto& input : inputs)
      enter(input);
    publish();
  }

  // What was found wrong on the way; empty when the contract held.
  std::vector<std::string> problems;
  // By agent kind, the types of what it emitted.
  std::map<std::string, std::set<std::uint32_t>> emitted;
  std::vector<events::EventPtr> story;

  template <class Fact>
  std::vector<Fact> all() const {
    std::vector<Fact> out;
    for (const auto& event : story) {
      if (const auto* found = event->as<Fact>()) out.push_back(*found);
    }
    return out;
  }
  const std::map<std::string, runtime::AgentHost>& hosts() const { return hosts_; }
  runtime::AgentHost fresh_host(const std::string& agent) const {
    const auto& entry = hosts_.at(agent).entry();
    return {identity(), registration_of(entry.kind).kind, entry};
  }
  runtime::OpaqueViews views() const { return keeper_->current(); }

 private:
  static runtime::HostIdentity identity() { return {ClusterId(Bytes16{1}), 0, 1, Seed(7)}; }

  void recompose() {
    for (const auto& entry : keeper_->wanted().agents) {
      if (!hosts_.contains(entry.agent)) {
        hosts_.emplace(entry.agent,
                       runtime::AgentHost(identity(), registration_of(entry.kind).kind, entry));
      }
    }
  }
  void publish() {
    const Offset until(story.size());
    for (const auto* view : {"catalogue", "statistics", "covisitation", "deployment"})
      keeper_->publish(view, until);
    recompose();
  }
  void take(std::shared_ptr<events::Event> event) {
    event->header.log_time_ns = ++time_ns_;
    keeper_->observe(*event, {{store::Topic::evt, 0}, Offset(story.size())});
    story.push_back(event);
    queue_.push_back(std::move(event));
  }
  void enter(const Payload& input) {
    auto event = std::make_shared<events::Event>(event_of(input));
    event->header.event_id =
        events::make_ingress_id(time_ns_ + 1, "test", std::to_string(++inputs_));
    take(std::move(event));
    while (!queue_.empty()) {
      const auto next = queue_.front();
      queue_.pop_front();
      for (auto& [agent, host] : hosts_)
        show(agent, host, *next);
      if (queue_.empty()) answer();
    }
  }
  void show(const std::string& agent, runtime::AgentHost& host, const events::Event& event) {
    const auto& reads = host.entry().reads;
    if (std::find(reads.begin(), reads.end(), event.header.type_id) == reads.end()) return;
    if (!host.concerns(event)) return;
    const auto seen = views();
    const auto once = text_of(host.decide(event, seen.get()));
    const auto again = text_of(host.decide(event, seen.get()));
    auto done = host.step(event, seen.get());
    runtime::Decision decided;
    for (const auto& fact : done.facts)
      decided.facts.push_back(fact->payload);
    decided.questions = done.questions;
    const auto name = std::string(events::name_of(event.payload));
    if (done.failed) problems.push_back(agent + " failed on " + name + ": " + done.failure);
    if (once != again || (!done.failed && once != text_of(decided))) {
      problems.push_back(agent + " decides differently the second time on " + name);
    }
    const auto& registration = registration_of(host.entry().kind);
    const auto& emits = registration.spec.emits;
    for (auto& fact : done.facts) {
      const auto type = fact->header.type_id;
      emitted[registration.kind.name].insert(type);
      if (std::find(emits.begin(), emits.end(), type) == emits.end()) {
        problems.push_back(agent + " emits " + std::string(events::name_of(fact->payload)) +
                           ", which its spec does not name");
      }
      take(std::move(fact));
    }
    for (auto& question : done.questions)
      questions_.push_back(std::move(question));
  }
  void answer() {
    const auto asked = std::move(questions_);
    questions_.clear();
    for (const auto& payload : models_.answer(asked)) {
      auto event = std::make_shared<events::Event>(event_of(payload));
      event->header.event_id =
          events::make_ingress_id(time_ns_ + 1, "answer", std::to_string(++inputs_));
      take(std::move(event));
    }
  }

  std::unique_ptr<runtime::ViewKeeper> keeper_ = make_view_keeper();
  Asked asked_;
  ModelHost models_{std::make_shared<FakeFactory>(asked_),
                    [](const Bytes32&) -> Result<std::vector<std::uint8_t>> {
                      return std::vector<std::uint8_t>{1};
                    }};
  std::map<std::string, runtime::AgentHost> hosts_;
  std::deque<events::EventPtr> queue_;
  std::vector<runtime::Question> questions_;
  std::uint64_t time_ns_ = 1'700'000'000'000'000'000;
  std::uint64_t inputs_ = 0;
};

}  // namespace ars::actors::world
