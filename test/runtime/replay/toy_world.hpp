// A small recommender of toys, for replay: agents of one or many, a view, a question, a rewiring.
// Owned by one test; one thread drives it.
#pragma once

#include "events/base/prng.hpp"
#include "runtime/event_sourced/partition_actor.hpp"
#include "runtime/event_sourced/state_behaviour.hpp"
#include "runtime/replay/log_walk.hpp"
#include "store/memory_log.hpp"
#include "test/runtime/replay/toy_keeper.hpp"

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
  std::uint32_t ranker_failures_left = 0;  // the ranker fails a check on what was recalled
};
inline Mood mood;

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
      if (mood.ranker_failures_left > 0) {
        --mood.ranker_failures_left;
        ARS_CHECK(false, "the toy ranker is told to fail");
      }
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

// A ranking for each request that has none: what the toys answer when one of them is passed over.
inline std::vector<runtime::StandIn> stand_in(const std::vector<runtime::EventPtr>& records,
                                              const void*) {
  std::map<RequestId, runtime::EventPtr> open;
  for (const auto& record : records) {
    if (const auto* asked = record->as<events::RequestReceived>()) open[asked->request] = record;
    if (const auto* ranked = record->as<events::CandidatesRanked>()) open.erase(ranked->request);
  }
  std::vector<runtime::StandIn> out;
  for (const auto& [id, request] : open) {
    events::CandidatesRanked answer;
    answer.request = id;
    answer.fallback = "stand-in";
    out.push_back({request, answer});
  }
  return out;
}

struct WorldOptions {
  std::uint64_t snapshot_every_batches = 0;
  std::uint64_t stage_deadline_ms = 0;
  runtime::Answerer answerer = &answer;
};

// A node over a log, from its birth to its end.
class World {
 public:
  explicit World(store::EventLog& log, const WorldOptions& options = {}) {
    runtime::NodeSetup setup;
    setup.partition.identity = {cluster, 0, 1, Seed(7)};
    setup.partition.log = &log;
    setup.partition.keeper = &keeper_;
    setup.partition.kinds = &kinds();
    setup.partition.stand_in = &stand_in;
    setup.partition.snapshot_every_batches = options.snapshot_every_batches;
    setup.answering.answer = options.answerer;
    setup.stage_deadline_ms = options.stage_deadline_ms;
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
