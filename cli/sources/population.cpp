#include "actors/evolution/autotrain/ranker_space.hpp"
#include "cli/sources/catalog.hpp"
#include "events/base/narrow.hpp"
#include "model/population/world.hpp"

#include <fmt/format.h>

#include <map>

namespace ars::cli {
namespace population = model::population;
namespace {

constexpr std::string_view uri = "sim";

// The seeded population. A batch is the feedback of the last batch's requests, what became due, and
// the next arrivals; an interaction is a request with its feedback.
class Population final : public Source {
 public:
  explicit Population(SourceSetting setting)
      : setting_(std::move(setting)),
        names_(setting_.pseudonym_key),
        world_(world_setting(setting_)) {}

  std::string name() const override { return "sim"; }
  Bytes32 data_hash() const override {
    // All that the world is a function of: with any of it changed a log cannot be gone on with.
    return sha256(fmt::format("population/{}/{}/{}/{}/{}", setting_.seed, setting_.users,
                              setting_.items, setting_.slate_size, setting_.arrivals_per_batch));
  }
  std::uint64_t quarantined() const override { return 0; }

  events::EvolutionConfigured evolution() const override {
    auto out = common_evolution(setting_);
    out.metric = "clicks";
    out.guardrail = "satisfaction";
    pace_evolution(out, setting_.target);
    out.withheld = {"question"};
    if (setting_.trap) {
      out.planted = {"appeal"};
    } else {
      out.withheld.emplace_back("appeal");
    }
    return out;
  }
  // Rows are few and tell most through what users share: ids would be noise. An item's click rate
  // favours what attracts without deserving; AutoFeature may find out.
  events::ServingPlan first_plan() const override {
    auto plan = common_plan(setting_);
    auto features = plan.ranker.features;
    for (const auto* left_out : {"user", "item", "item_click_rate"})
      std::erase(features, left_out);
    features.emplace_back("category_rate");
    plan.ranker = actors::with_features(plan.ranker, features);
    return plan;
  }

  void observe(const events::Event& event) override {
    const auto* slate = event.as<events::SlateServed>();
    if (slate == nullptr) return;
    auto& shown = slates_[slate->request];
    shown.clear();
    for (const auto& item : slate->items)
      shown.push_back(item.item);
  }

  Result<std::optional<runtime::FormBatch>> next(const runtime::SourceMark& mark,
                                                 std::uint64_t interactions_max) override {
    // The world is a function of the calls it saw: a resumed run plays the covered batches again,
    // with the slates that the log holds.
    while (position_ < mark.position) {
      prepare_answers();
      step();
    }
    prepare_answers();
    runtime::FormBatch out;
    out.mark = mark;
    // A limit may have cut the answers of the last batch short; the rest comes first.
    const auto per_batch = setting_.arrivals_per_batch;
    const auto told = position_ < 2 ? 0 : mark.interactions - (position_ - 2) * per_batch;
    const auto left = answers_.size() - told;
    if (left > interactions_max) {
      out.waves.emplace_back(answers_.begin() + narrow<std::ptrdiff_t>(told),
                             answers_.begin() + narrow<std::ptrdiff_t>(told + interactions_max));
      out.mark.interactions += interactions_max;
      return out;
    }
    answers_.erase(answers_.begin(), answers_.begin() + narrow<std::ptrdiff_t>(told));
    out.waves = step();
    out.mark.position += 1;
    out.mark.interactions += left;
    return out;
  }

 private:
  static population::WorldSetting world_setting(const SourceSetting& setting) {
    population::WorldSetting out;
    out.seed = Seed(setting.seed);
    out.users = narrow<std::uint32_t>(setting.users);
    out.items = narrow<std::uint32_t>(setting.items);
    out.slate_size = narrow<std::uint16_t>(setting.slate_size);
    return out;
  }

  UserId user_of(const std::string& user) const { return names_.user(scope_, user); }

  // What the users do with the slates of the last batch; once per batch, for it moves the world.
  void prepare_answers() {
    if (!answers_.empty() || !first_requests_.empty()) return;
    for (const auto& arrival : waiting_)
      answers_.push_back(answer(arrival));
    waiting_.clear();
  }

  // One batch: answers to the requests before, delayed rewards, new items, new requests.
  std::vector<std::vector<runtime::InputDraft>> step() {
    std::vector<std::vector<runtime::InputDraft>> waves(2);
    position_ += 1;
    if (!first_requests_.empty()) {
      waves[1] = std::move(first_requests_);
      first_requests_.clear();
      return waves;
    }
    waves[0] = std::move(answers_);
    answers_.clear();
    const auto next = world_.next_arrivals(setting_.arrivals_per_batch);
    if (!next.empty()) {
      for (const auto& reward : world_.delayed(next.back().occurred_at)) {
        waves[0].push_back(delayed(reward));
      }
    }
    for (const auto& arrival : next) {
      for (const auto& item : arrival.listed)
        waves[0].push_back(list(item));
      waves[1].push_back(request(arrival));
      waiting_.push_back(arrival);
    }
    // The first batch lists the catalogue alone: the next one can see it.
    if (position_ == 1) first_requests_ = std::move(waves[1]);
    return waves;
  }

  runtime::InputDraft list(const population::NewItem& item) const {
    events::ItemListed listed;
    listed.scope = scope_;
    listed.item = item.item;
    listed.item_id = item.item_id;
    listed.title = item.title;
    listed.occurred_at = item.occurred_at;
    listed.categories = item.categories;
    listed.attributes = item.attributes;
    return draft(std::move(listed), std::string(uri), "item/" + item.item_id, {});
  }

  runtime::InputDraft request(const population::Arrival& arrival) const {
    events::RequestReceived out;
    out.request = request_id(uri, scope_, arrival.number);
    out.user = user_of(arrival.user);
    out.scope = scope_;
    out.occurred_at = arrival.occurred_at;
    out.size = arrival.size;
    out.ordinal = arrival.ordinal;
    out.context = arrival.context;
    const auto id = out.request;
    return draft(std::move(out), std::string(uri), fmt::format("request/{}", arrival.number), id);
  }

  runtime::InputDraft answer(const population::Arrival& arrival) {
    const auto id = request_id(uri, scope_, arrival.number);
    const auto shown = slates_.find(id);
    const std::vector<ItemIndex> nothing;
    const auto response = world_.respond(arrival, shown == slates_.end() ? nothing : shown->second);
    events::FeedbackReceived out;
    out.request = id;
    out.user = user_of(arrival.user);
    out.scope = scope_;
    out.occurred_at = response.occurred_at;
    out.outcomes = response.outcomes;
    slates_.erase(id);
    return draft(std::move(out), std::string(uri), fmt::format("feedback/{}", arrival.number), id);
  }

  runtime::InputDraft delayed(const population::DelayedReward& reward) const {
    const auto id = request_id(uri, scope_, reward.number);
    events::DelayedRewardReceived out;
    out.request = id;
    out.user = user_of(reward.user);
    out.scope = scope_;
    out.occurred_at = reward.due_at;
    out.objective = "satisfaction";
    out.value = reward.satisfaction;
    return draft(std::move(out), std::string(uri),
                 fmt::format("satisfaction/{}/{}", reward.number, reward.item.value()), id);
  }

  SourceSetting setting_;
  Pseudonyms names_;
  events::Scope scope_{"default", "default"};
  population::World world_;
  std::uint64_t position_ = 0;
  std::vector<population::Arrival> waiting_;
  std::vector<runtime::InputDraft> answers_;  // to the requests of the last batch
  std::vector<runtime::InputDraft> first_requests_;
  std::map<RequestId, std::vector<ItemIndex>> slates_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_population(const SourceSetting& setting) {
  return std::unique_ptr<Source>(std::make_unique<Population>(setting));
}

}  // namespace ars::cli
