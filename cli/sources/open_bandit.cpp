#include "model/formats/open_bandit.hpp"

#include "cli/sources/catalog.hpp"
#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::cli {
namespace {

constexpr std::string_view uri = "obd";
constexpr std::uint16_t slots = 3;

// Logged impressions in time order: the policy as it stands answers the row's request, the logged
// item is scored apart, then the logged action is told.
class OpenBanditSource final : public Source {
 public:
  OpenBanditSource(SourceSetting setting, model::OpenBandit data)
      : setting_(std::move(setting)), names_(setting_.pseudonym_key), data_(std::move(data)) {
    std::uint32_t next = 0;
    for (const auto& campaign : data_.campaigns) {
      first_item_.push_back(next);
      next += narrow<std::uint32_t>(campaign.items.size());
    }
    items_ = next;
    std::vector<std::uint64_t> requests(data_.users.size(), 0);
    for (const auto& row : data_.rows)
      ordinals_.push_back(requests[row.user]++);
  }

  std::string name() const override { return "obd"; }
  Bytes32 data_hash() const override { return model::data_hash(data_.files); }
  std::uint64_t quarantined() const override { return data_.bad_rows.size(); }
  void observe(const events::Event&) override {}

  events::EvolutionConfigured evolution() const override {
    auto out = common_evolution(setting_);
    out.metric = "logged:random";
    out.withheld = {"appeal", "question"};
    const auto rows = data_.rows.size();
    pace_evolution(out,
                   setting_.target == 0 ? rows : std::min<std::uint64_t>(setting_.target, rows));
    return out;
  }
  events::ServingPlan first_plan() const override {
    auto plan = common_plan(setting_);
    for (auto& recall : plan.recalls)
      recall.quota = 500;
    plan.rerank.mmr_lambda = 1;
    plan.rerank.explore_share = 0.1;
    plan.rerank.explore_slots = slots;
    return plan;
  }

  Result<std::optional<runtime::FormBatch>> next(const runtime::SourceMark& mark,
                                                 std::uint64_t interactions_max) override {
    runtime::FormBatch out;
    out.mark = mark;
    auto& position = out.mark.position;
    const auto start = items_ + data_.bad_rows.size();
    if (position < start) {
      auto& wave = out.waves.emplace_back();
      for (; position < start; ++position) {
        wave.push_back(position < items_ ? list_item(narrow<std::uint32_t>(position))
                                         : quarantine(position - items_));
      }
      return out;
    }
    for (std::uint64_t n = 0; n < interactions_max; ++n) {
      const auto row = position - start;
      if (row >= data_.rows.size()) break;
      add_row(row, out.waves);
      position += 1;
      out.mark.interactions += 1;
    }
    if (out.waves.empty()) return std::optional<runtime::FormBatch>();
    return out;
  }

 private:
  events::Scope scope_of(std::size_t campaign) const {
    return {"default", data_.campaigns[campaign].name};
  }
  runtime::InputDraft list_item(std::uint32_t index) const {
    std::size_t campaign = first_item_.size() - 1;
    while (first_item_[campaign] > index)
      --campaign;
    const auto& item = data_.campaigns[campaign].items[index - first_item_[campaign]];
    events::ItemListed listed;
    listed.scope = scope_of(campaign);
    listed.item = ItemIndex(index);
    listed.item_id = data_.campaigns[campaign].name + "/" + item.id;
    if (!data_.rows.empty()) listed.occurred_at = Timestamp(data_.rows.front().timestamp_ns);
    // The first category is the scene: what may be shown there.
    listed.categories = {listed.scope.scene, item.features[0]};
    listed.attributes = {{"feature_0", item.feature_0}};
    return draft(std::move(listed), std::string(uri), "item/" + listed.item_id, {});
  }
  runtime::InputDraft quarantine(std::uint64_t i) const {
    const auto& row = data_.bad_rows[i];
    return draft(events::InputQuarantined{row.file, row.line, row.reason, row.text},
                 std::string(uri), fmt::format("bad/{}", i), {});
  }
  void add_row(std::uint64_t number, std::vector<std::vector<runtime::InputDraft>>& waves) const {
    const auto& row = data_.rows[number];
    const auto scope = scope_of(row.campaign);
    const auto id = request_id(uri, scope, number);
    const auto item = ItemIndex(first_item_[row.campaign] + row.item);
    events::RequestReceived request;
    request.request = id;
    request.scope = scope;
    request.occurred_at = Timestamp(row.timestamp_ns);
    request.size = slots;
    request.ordinal = ordinals_[number];
    request.logged = true;
    std::string key;
    for (std::size_t k = 0; k < 4; ++k) {
      const auto& value = data_.user_features.text(data_.users[row.user][k]);
      request.context.push_back({fmt::format("c{}", k), value});
      key += value + "/";
    }
    request.user = names_.user(scope, key);
    const auto& campaign = data_.campaigns[row.campaign];
    for (const auto& affinity : data_.affinities[row.affinities]) {
      if (affinity.item >= campaign.items.size()) continue;
      request.context.push_back(
          {"affinity_" + campaign.name + "/" + campaign.items[affinity.item].id,
           fmt::format("{}", affinity.value)});
    }
    const auto user = request.user;
    const auto when = request.occurred_at;
    waves.push_back(
        {draft(std::move(request), std::string(uri), fmt::format("request/{}", number), id)});
    waves.push_back({draft(events::EvaluationRequested{id, user, item}, std::string(uri),
                           fmt::format("evaluation/{}", number), id)});
    events::LoggedActionReceived action;
    action.request = id;
    action.user = user;
    action.scope = scope;
    action.occurred_at = when;
    action.campaign = campaign.name;
    action.policy = model::to_string(row.policy);
    action.item = item;
    action.slot = narrow<std::uint16_t>(row.position - 1);
    action.reward = row.click;
    action.propensity = row.propensity;
    waves.push_back(
        {draft(std::move(action), std::string(uri), fmt::format("action/{}", number), id)});
  }

  SourceSetting setting_;
  Pseudonyms names_;
  model::OpenBandit data_;
  std::vector<std::uint32_t> first_item_;  // by campaign
  std::uint64_t items_ = 0;
  std::vector<std::uint64_t> ordinals_;  // by row
};

}  // namespace

Result<std::unique_ptr<Source>> open_bandit(const SourceSetting& setting) {
  ARS_TRY(auto data, model::read_open_bandit(setting.directory));
  return std::unique_ptr<Source>(std::make_unique<OpenBanditSource>(setting, std::move(data)));
}

}  // namespace ars::cli
