#include "bench/serving_world.hpp"

#include "actors/decision/recall/sources/catalog.hpp"
#include "actors/registry.hpp"
#include "events/base/narrow.hpp"
#include "events/codec/view.hpp"
#include "model/features/encoder.hpp"
#include "runtime/clock.hpp"
#include "runtime/effects/matrix_kernels.hpp"
#ifdef ARS_HAS_MODEL_TORCH
#include "model/torch/torch_scorer.hpp"
#endif

#include <fmt/format.h>

#include <algorithm>

namespace ars::bench {
namespace {

constexpr std::string_view source = "bench";
constexpr std::uint64_t seed = 7;
constexpr std::size_t ratings_a_batch = 500;
const events::Scope scope{"default", "default"};

std::uint64_t now_ns() {
  runtime::SystemClock clock;
  return narrow<std::uint64_t>(clock.now().value());
}

Bytes16 named(std::string_view what, std::string_view name) {
  const auto digest = sha256(fmt::format("{}/{}", what, name));
  Bytes16 out{};
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

RequestId request_of(std::uint64_t number) {
  return RequestId(named("request", std::to_string(number)));
}
UserId user_of(std::string_view user) { return UserId(named("user", user)); }

runtime::InputDraft draft(events::Payload payload, std::string id, const RequestId& request) {
  return {std::move(payload), std::string(source), std::move(id), CorrelationId(request.value())};
}

std::vector<std::uint8_t> control_record(const ClusterId& cluster, std::uint64_t time_ns,
                                         events::Payload payload) {
  events::Envelope header;
  header.agent_id = events::mint_agent_id(cluster, "system/0", 0, 1);
  header.log_time_ns = time_ns;
  header.event_id = events::make_ingress_id(time_ns, "ctl", fmt::format("start/{}", time_ns));
  header.owner_epoch = Epoch(1);
  return events::seal(header, std::move(payload))->stored;
}

// As every log begins: whose it is and who owns it.
Result<void> write_first_records(store::EventLog& log, const ClusterId& cluster) {
  const auto time_ns = now_ns();
  events::ClusterCreated created;
  created.cluster = cluster;
  created.partitions = 1;
  created.format = 1;
  created.source = source;
  created.seed = seed;
  const store::Stream ctl{store::Topic::ctl, 0};
  const store::Stream evt{store::Topic::evt, 0};
  store::Batch batch;
  batch.appends.push_back({ctl, control_record(cluster, time_ns + 1, created)});
  batch.appends.push_back(
      {ctl, control_record(cluster, time_ns + 2, events::OwnerClaimed{0, "bench", {}, Offset(0)})});
  batch.appends.push_back(
      {evt, control_record(cluster, time_ns + 3, events::EpochFence{0, Epoch(1)})});
  runtime::PartitionMark mark;
  mark.epoch = 1;
  mark.log_time_ns = time_ns + 3;
  batch.writes.push_back(
      {std::string(store::family::checkpoint), "partition/0", events::to_bytes(mark)});
  ARS_TRY([[maybe_unused]] const auto at, log.commit(batch));
  return success();
}

std::shared_ptr<const model::ScorerFactory> scorers() {
#ifdef ARS_HAS_MODEL_TORCH
  runtime::multiply_on_one_thread();
  return std::make_shared<const model::TorchScorerFactory>(model::columns());
#else
  return nullptr;
#endif
}

model::population::WorldSetting world_setting(const WorldOptions& options) {
  model::population::WorldSetting out;
  out.seed = Seed(seed);
  out.users = options.users;
  out.items = options.items;
  out.requests_between_items = options.requests_between_items;
  return out;
}

runtime::InputDraft listed(const model::population::NewItem& item) {
  events::ItemListed out;
  out.scope = scope;
  out.item = item.item;
  out.item_id = item.item_id;
  out.title = item.title;
  out.occurred_at = item.occurred_at;
  out.categories = item.categories;
  out.attributes = item.attributes;
  return draft(std::move(out), "item/" + item.item_id, {});
}

runtime::InputDraft request(const model::population::Arrival& arrival) {
  events::RequestReceived out;
  out.request = request_of(arrival.number);
  out.user = user_of(arrival.user);
  out.scope = scope;
  out.occurred_at = arrival.occurred_at;
  out.size = arrival.size;
  out.ordinal = arrival.ordinal;
  out.context = arrival.context;
  const auto id = out.request;
  return draft(std::move(out), fmt::format("request/{}", arrival.number), id);
}

runtime::InputDraft delayed(const model::population::DelayedReward& reward) {
  events::DelayedRewardReceived out;
  out.request = request_of(reward.number);
  out.user = user_of(reward.user);
  out.scope = scope;
  out.occurred_at = reward.due_at;
  out.objective = "satisfaction";
  out.value = reward.satisfaction;
  const auto id = out.request;
  return draft(std::move(out),
               fmt::format("satisfaction/{}/{}", reward.number, reward.item.value()), id);
}

events::EvolutionConfigured no_evolution() {
  events::EvolutionConfigured out;
  out.enabled = false;
  out.seed = seed;
  out.metric = "clicks";
  out.guardrail = "satisfaction";
  return out;
}

}  // namespace

std::vector<events::RecallSetting> recalls_with(std::uint32_t popularity, std::uint32_t others) {
  std::vector<events::RecallSetting> out;
  for (const auto& each : actors::recall_sources) {
    if (!each.in_default_plan) continue;
    const auto quota = each.name == "popularity" ? popularity : others;
    out.push_back({std::string(each.name), quota, 1.0, each.default_half_life_s});
  }
  return out;
}

ServingWorld::ServingWorld(store::EventLog& log, const WorldOptions& options)
    : log_(log),
      options_(options),
      world_(world_setting(options)),
      blobs_(std::make_unique<store::BlobStore>(log, options.blobs)),
      keeper_(actors::make_view_keeper()),
      models_(std::make_unique<actors::ModelHost>(
          scorers(), [blobs = blobs_.get()](const Bytes32& hash) { return blobs->get(hash); })) {}

ServingWorld::~ServingWorld() {
  if (node_ != nullptr) node_->stop();
}

Result<std::unique_ptr<ServingWorld>> ServingWorld::start(
    store::EventLog& log, const WorldOptions& options, std::vector<events::RecallSetting> recalls) {
  ARS_TRY(write_first_records(log, options.cluster));
  std::unique_ptr<ServingWorld> out(new ServingWorld(log, options));
  ARS_TRY(out->keep_weights());
  runtime::NodeSetup setup;
  setup.partition.identity = {options.cluster, 0, 1, Seed(seed)};
  setup.partition.log = &log;
  setup.partition.keeper = out->keeper_.get();
  setup.partition.kinds = &actors::kinds();
  setup.answering = actors::answered_by(*out->models_);
  setup.threads = options.threads;
  ARS_TRY(out->node_, runtime::Node::start(std::move(setup)));
  ARS_TRY(out->submit({{draft(no_evolution(), "evolution", {})}}, 0));
  ARS_TRY(out->deploy(std::move(recalls)));
  return out;
}

// Durable before any event may name them.
Result<void> ServingWorld::keep_weights() {
  if (options_.ranker == nullptr) return success();
  ARS_TRY(auto stored, blobs_->put(options_.ranker->weights));
  if (!stored.write.has_value()) return success();
  store::Batch batch;
  batch.writes.push_back(std::move(*stored.write));
  ARS_TRY([[maybe_unused]] const auto at, log_.commit(batch));
  return success();
}

Result<void> ServingWorld::deploy(std::vector<events::RecallSetting> recalls) {
  events::ServingPlan plan;
  plan.version = ++plans_;
  plan.label = fmt::format("bench {}", plan.version);
  plan.recalls = std::move(recalls);
  plan.fusion_k = 60;
  if (options_.ranker != nullptr) plan.ranker = options_.ranker->setting;
  plan.rerank.mmr_lambda = 0.95;
  plan.rerank.freshness_half_life_s = 86400;
  plan.rerank.explore_share = 0.1;
  plan.rerank.explore_slots = 2;
  const auto id = fmt::format("plan/{}", plan.version);
  return submit({{draft(events::PlanProposed{0, std::move(plan)}, id, {})}}, 0);
}

std::vector<model::population::Arrival> ServingWorld::next_arrivals(std::size_t count) {
  return world_.next_arrivals(count);
}

runtime::InputDraft ServingWorld::answer(const model::population::Arrival& arrival) {
  const auto id = request_of(arrival.number);
  const auto shown = slates_.find(id);
  const std::vector<ItemIndex> nothing;
  const auto response = world_.respond(arrival, shown == slates_.end() ? nothing : shown->second);
  events::FeedbackReceived out;
  out.request = id;
  out.user = user_of(arrival.user);
  out.scope = scope;
  out.occurred_at = response.occurred_at;
  out.outcomes = response.outcomes;
  slates_.erase(id);
  return draft(std::move(out), fmt::format("feedback/{}", arrival.number), id);
}

Result<void> ServingWorld::play(std::span<const model::population::Arrival> arrivals) {
  std::vector<std::vector<runtime::InputDraft>> waves(2);
  for (const auto& each : waiting_)
    waves[0].push_back(answer(each));
  if (!arrivals.empty()) {
    for (const auto& reward : world_.delayed(arrivals.back().occurred_at)) {
      waves[0].push_back(delayed(reward));
    }
  }
  for (const auto& each : arrivals) {
    items_listed_ += each.listed.size();
    for (const auto& item : each.listed)
      waves[0].push_back(listed(item));
    waves[1].push_back(request(each));
  }
  waiting_.assign(arrivals.begin(), arrivals.end());
  return submit(std::move(waves), arrivals.size());
}

Result<void> ServingWorld::rate(std::size_t ratings) {
  Philox draws(seed, 0x72617465 + ratings_);
  while (ratings > 0) {
    std::vector<std::vector<runtime::InputDraft>> waves(2);
    for (; ratings > 0 && waves[1].size() < ratings_a_batch; --ratings) {
      const auto arrival = next_arrivals(1).front();
      for (const auto& item : arrival.listed)
        waves[0].push_back(listed(item));
      items_listed_ += arrival.listed.size();
      const auto number = ratings_++;
      events::RatingReceived out;
      out.request = RequestId(named("rating", std::to_string(number)));
      out.user = user_of(arrival.user);
      out.scope = scope;
      out.occurred_at = arrival.occurred_at;
      out.item = ItemIndex(narrow<std::uint32_t>(draws.below(items_listed_)));
      out.rating = draws.uniform() < 0.5 ? 5.0f : 3.0f;
      waves[1].push_back(draft(out, fmt::format("rating/{}", number), out.request));
    }
    ARS_TRY(submit(std::move(waves), 0));
  }
  return success();
}

Result<void> ServingWorld::submit(std::vector<std::vector<runtime::InputDraft>> waves,
                                  std::uint64_t interactions) {
  runtime::FormBatch form;
  form.waves = std::move(waves);
  form.mark = {node_->mark().position + 1, node_->mark().interactions + interactions};
  form.clock_ns = now_ns();
  ARS_TRY(const auto committed, node_->submit(std::move(form)));
  served_.batches += 1;
  served_.events += committed.size();
  for (const auto& each : committed)
    observe(*each.event);
  return success();
}

void ServingWorld::observe(const events::Event& event) {
  if (const auto* slate = event.as<events::SlateServed>()) {
    served_.slates += 1;
    if (!slate->fallback.empty()) served_.fallbacks += 1;
    auto& shown = slates_[slate->request];
    for (const auto& item : slate->items)
      shown.push_back(item.item);
  } else if (const auto* fused = event.as<events::CandidatesFused>()) {
    served_.candidates += fused->items.size();
  }
}

}  // namespace ars::bench
