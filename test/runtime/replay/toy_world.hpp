// A small recommender of toys, for replay: agents of one or many, a view, a question, a rewiring.
// Owned by one test; one thread drives it.
#pragma once

#include "events/base/prng.hpp"
#include "runtime/event_sourced/partition_actor.hpp"
#include "runtime/event_sourced/state_behaviour.hpp"
#include "runtime/replay/log_walk.hpp"
#include "store/memory_log.hpp"

#include <fmt/format.h>

#include <map>

namespace toys {

using namespace ars;
using events::Event;
using runtime::Decision;
using runtime::StepContext;

// What tests change between a live run and its replay.
struct Mood {
  bool moody = false;  // the recall breaks its promise to be a function of its input
  std::uint64_t failing_ordinal = ~std::uint64_t{0};  // traffic fails a check on this request
  std::uint32_t failures_left = 0;
};
inline Mood mood;

struct Views {
  std::uint64_t version = 0;
  std::uint64_t requests = 0;
};

// One a user: counts, routes.
struct Traffic {
  std::uint64_t requests = 0;
  std::uint64_t routed = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "requests", &Traffic::requests),
                                            events::field(1, "routed", &Traffic::routed)};
  Decision decide(const Event& input, const StepContext& context) const {
    const auto* request = input.as<events::RequestReceived>();
    if (request == nullptr) return {};
    if (request->ordinal == mood.failing_ordinal && mood.failures_left > 0) {
      --mood.failures_left;
      ARS_CHECK(false, "the toy is told to fail");
    }
    events::RequestRouted out;
    out.request = request->request;
    out.user = request->user;
    out.ordinal = requests;
    Philox draws(context.random_key, context.next_sequence.value());
    out.segment = draws.uniform() < 0.5 ? "low" : "high";
    out.plan = static_cast<const Views*>(context.views)->requests;
    return {{out}, {}};
  }
  void evolve(const Event& event) {
    if (event.as<events::RequestReceived>() != nullptr) ++requests;
    if (event.as<events::RequestRouted>() != nullptr) ++routed;
  }
};

// One a source.
struct Recall {
  std::uint64_t answered = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "answered", &Recall::answered)};
  Decision decide(const Event& input, const StepContext& context) const {
    const auto* routed = input.as<events::RequestRouted>();
    if (routed == nullptr) return {};
    events::CandidatesRecalled out;
    out.request = routed->request;
    Philox draws(context.random_key, context.next_sequence.value());
    for (int i = 0; i < 5; ++i) {
      out.items.push_back(ItemIndex(static_cast<std::uint32_t>(draws.below(100))));
      out.scores.push_back(static_cast<float>(draws.uniform()));
    }
    if (mood.moody && answered == 7) out.scores[3] += 0.5F;
    return {{out}, {}};
  }
  void evolve(const Event& event) {
    if (event.as<events::RequestRouted>() != nullptr) ++answered;
  }
};

struct ScoreQuestion final : runtime::QuestionBody {
  RequestId request;
  std::vector<float> features;
  std::string key() const override { return to_hex(request); }
  events::Payload timed_out() const override {
    return events::StageTimedOut{request, 0, "score", "deadline"};
  }
};

// Asks for scores of what the first recall gave, and ranks when they come.
struct Ranker {
  std::uint64_t asked = 0;
  std::uint64_t ranked = 0;
  std::vector<float> last_scores;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "asked", &Ranker::asked),
                                            events::field(1, "ranked", &Ranker::ranked),
                                            events::field(2, "last_scores", &Ranker::last_scores)};
  Decision decide(const Event& input, const StepContext&) const {
    Decision out;
    if (const auto* recalled = input.as<events::CandidatesRecalled>()) {
      auto question = std::make_shared<ScoreQuestion>();
      question->request = recalled->request;
      question->features = recalled->scores;
      out.questions.push_back({question});
    } else if (const auto* scored = input.as<events::Scored>()) {
      events::CandidatesRanked ranked_now;
      ranked_now.request = scored->request;
      ranked_now.scores = scored->scores;
      out.facts.emplace_back(ranked_now);
    }
    return out;
  }
  void evolve(const Event& event) {
    if (event.as<events::CandidatesRecalled>() != nullptr) ++asked;
    if (const auto* fact = event.as<events::CandidatesRanked>()) {
      ++ranked;
      last_scores = fact->scores;
    }
  }
};

inline std::string user_key(const Event& event) {
  if (const auto* request = event.as<events::RequestReceived>()) return to_hex(request->user);
  return {};
}

template <class State>
std::unique_ptr<runtime::AgentBehaviour> make(const events::AgentEntry&) {
  return std::make_unique<runtime::Behaviour<State>>();
}

inline const runtime::KindRegistry& kinds() {
  static const runtime::KindRegistry out{{"traffic", {"traffic", &user_key, &make<Traffic>}},
                                         {"recall", {"recall", nullptr, &make<Recall>}},
                                         {"ranker", {"ranker", nullptr, &make<Ranker>}}};
  return out;
}

// Counts requests, publishes every third, and asks for a second recall from the sixth on and for
// no first one from the twelfth on.
class Keeper final : public runtime::ViewKeeper {
 public:
  void observe(const Event& event, const store::Pointer&) override {
    if (event.as<events::RequestReceived>() != nullptr) ++seen_;
  }
  std::vector<runtime::Publication> publish_due(Offset until) override {
    if (seen_ < current_->requests + 3) return {};
    std::vector<runtime::Publication> out;
    out.push_back(publish("toy", until));
    return out;
  }
  runtime::Publication publish(std::string_view view, Offset until) override {
    runtime::Publication out;
    auto next = std::make_shared<Views>(Views{current_->version + 1, seen_});
    out.delta = {static_cast<std::uint8_t>(seen_ & 0xff), static_cast<std::uint8_t>(next->version)};
    chain_ = Sha256().update(chain_).update(out.delta).digest();
    current_ = next;
    out.fact = {std::string(view), ViewVersion(next->version), until, chain_, 1, 2};
    out.key = fmt::format("{}/{:08}", view, next->version);
    return out;
  }
  runtime::OpaqueViews current() const override { return current_; }
  std::vector<events::ViewUse> versions() const override {
    return {{"toy", ViewVersion(current_->version)}};
  }
  Result<void> restore(const store::EventLog& log, std::uint16_t partition) override {
    return log.scan({{store::Topic::evt, partition}, Offset(0)},
                    [&](const store::Pointer& at, const Bytes32&, ByteSpan stored) {
                      Event event;
                      ARS_CHECK(events::open_event_into(stored, event).has_value(),
                                "a stored event");
                      if (const auto* published = event.as<events::ViewPublished>()) {
                        publish(published->view, published->until);
                      } else {
                        observe(event, at);
                      }
                      return true;
                    });
  }
  events::Composition wanted() const override {
    using namespace events;
    Composition out;
    const auto add = [&](const char* agent, const char* kind, std::vector<std::uint32_t> reads) {
      out.agents.push_back({agent, kind, agent, std::move(reads)});
    };
    add("traffic", "traffic", {RequestReceived::type_id, FeedbackReceived::type_id});
    if (current_->requests < 12) add("recall/a", "recall", {RequestRouted::type_id});
    if (current_->requests >= 6) add("recall/b", "recall", {RequestRouted::type_id});
    add("ranker", "ranker", {CandidatesRecalled::type_id, Scored::type_id});
    return out;
  }

 private:
  std::uint64_t seen_ = 0;
  std::shared_ptr<const Views> current_ = std::make_shared<Views>();
  Bytes32 chain_{};
};

inline float score_of(float feature) { return feature * 2 + 1; }

inline std::vector<events::Payload> answer(const std::vector<runtime::Question>& questions) {
  std::vector<events::Payload> out;
  for (const auto& question : questions) {
    const auto& body = dynamic_cast<const ScoreQuestion&>(*question.body);
    events::Scored scored;
    scored.request = body.request;
    for (const auto feature : body.features)
      scored.scores.push_back(score_of(feature));
    out.emplace_back(std::move(scored));
  }
  return out;
}

inline Bytes16 sixteen(std::uint8_t first, std::uint8_t second) {
  Bytes16 out{};
  out[0] = first;
  out[1] = second;
  out[15] = 1;
  return out;
}

inline const ClusterId cluster{sixteen(0xc1, 0)};

inline std::unique_ptr<store::EventLog> new_log() {
  auto log = store::MemoryLog::open(cluster).value();
  events::Envelope header;
  header.event_id = events::make_ingress_id(1, "ctl", "cluster");
  header.log_time_ns = 1;
  events::ClusterCreated created;
  created.cluster = cluster;
  created.partitions = 1;
  created.seed = 7;
  store::Batch batch;
  batch.appends.push_back({{store::Topic::ctl, 0}, events::seal(header, created)->stored});
  ARS_CHECK(log->commit(batch).has_value(), "an empty log takes its first record");
  return log;
}

// The inputs of batch k, always the same: two waves of two and one requests.
inline runtime::FormBatch batch_of(std::uint64_t k) {
  runtime::FormBatch out;
  out.clock_ns = 1'000'000'000 * (k + 1);
  out.mark = {3 * k, 3 * k};
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto n = 3 * (k - 1) + i;
    events::RequestReceived request;
    request.request = RequestId(sixteen(1, static_cast<std::uint8_t>(n)));
    request.user = UserId(sixteen(2, static_cast<std::uint8_t>(n % 4)));
    request.ordinal = n;
    runtime::InputDraft draft{request, "toys", std::to_string(n),
                              CorrelationId(sixteen(1, static_cast<std::uint8_t>(n)))};
    if (i != 1) out.waves.emplace_back();
    out.waves.back().push_back(std::move(draft));
  }
  return out;
}

// A node over a log, from its birth to its end.
class World {
 public:
  explicit World(store::EventLog& log) {
    runtime::NodeSetup setup;
    setup.partition.identity = {cluster, 0, 1, Seed(7)};
    setup.partition.log = &log;
    setup.partition.keeper = &keeper_;
    setup.partition.kinds = &kinds();
    setup.answer = [](const std::vector<runtime::Question>& questions,
                      const runtime::OpaqueViews&) { return answer(questions); };
    auto started = runtime::Node::start(std::move(setup));
    if (started.has_value()) node_ = std::move(started).value();
  }
  // Runs on to batch `last`; false when the log failed on the way.
  bool run_to(std::uint64_t last) {
    while (node_ != nullptr && node_->mark().batch < last) {
      if (!node_->submit(batch_of(node_->mark().batch + 1)).has_value()) return false;
    }
    return node_ != nullptr;
  }
  runtime::Node& node() { return *node_; }

 private:
  Keeper keeper_;
  std::unique_ptr<runtime::Node> node_;
};

inline runtime::ReplaySetup replay_setup() {
  return {&kinds(), [] { return std::make_unique<Keeper>(); }};
}

}  // namespace toys
