#include "cli/run/summary.hpp"

#include "events/base/narrow.hpp"
#include "events/event.hpp"
#include "model/credit/difference.hpp"
#include "model/evaluation/paired_test.hpp"
#include "model/evaluation/ranking_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace ars::cli {
namespace {

using namespace events;

struct Mean {
  double sum = 0;
  std::uint64_t n = 0;
  void add(double value) {
    sum += value;
    n += 1;
  }
  std::optional<double> value() const {
    return n == 0 ? std::nullopt : std::optional(sum / to_double(n));
  }
};

struct UserSums {
  double system = 0;
  double frozen = 0;
  double system_n = 0;
  double frozen_n = 0;
};

struct WindowSums {
  Mean system;
  Mean frozen;
  Mean popularity;
};

constexpr std::uint64_t windows = 40;

std::uint32_t type_of(ByteSpan stored) {
  std::uint32_t type = 0;
  std::memcpy(&type, stored.data() + 88, sizeof(type));
  return type;
}

bool wanted(std::uint32_t type) {
  switch (type) {
    case CandidatesRecalled::type_id:
    case CandidatesFused::type_id:
    case CandidatesRanked::type_id:
    case Scored::type_id:
    case SlateServed::type_id:
    case BaselineScored::type_id:
    case RequestRouted::type_id:
    case InteractionRecorded::type_id:
      return false;
    default:
      return true;
  }
}

// Folds one log into sums; the twin's log goes through the same code.
class Fold {
 public:
  void take(const Event& event) {
    if (const auto* formed = event.as<BatchFormed>()) {
      interactions_ = formed->interactions;
    } else if (event.as<InputQuarantined>() != nullptr) {
      quarantine(*event.as<InputQuarantined>());
    } else if (const auto* evaluated = event.as<ItemEvaluated>()) {
      if (evaluated->trained)
        evaluated_[evaluated->request] = {evaluated->score, evaluated->frozen_score};
    } else if (const auto* rating = event.as<RatingReceived>()) {
      score(rating->request, rating->rating >= 4.0f);
    } else if (const auto* reward = event.as<RewardAssigned>()) {
      rewarded(*reward);
    } else if (const auto* weighed = event.as<LoggedActionWeighed>()) {
      weigh(*weighed);
    } else {
      evolution(event);
    }
  }

  void count(std::uint32_t type) {
    if (type == RequestReceived::type_id) requests_ += 1;
  }

  std::uint64_t interactions_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t quarantined_ = 0;
  std::vector<model::ReportQuarantine> quarantine_;
  Mean hits_[3];
  Mean ndcg_[3];
  Mean new_hits_;
  Mean new_ndcg_;
  Mean clicks_;
  Mean new_clicks_;
  Mean satisfaction_;
  std::vector<float> scores_;
  std::vector<float> frozen_scores_;
  std::vector<float> labels_;
  std::map<UserId, UserSums> users_;
  std::map<std::uint64_t, WindowSums> windows_;  // by interactions / window size, see window_of
  std::vector<std::pair<std::uint64_t, RewardAssigned>> rewards_;
  std::map<std::uint64_t, model::ReportChange> changes_;
  std::vector<std::uint64_t> proposed_order_;
  std::map<std::string, std::map<UserId, model::ClusterTotal>> credit_;  // by agent
  std::string credit_objective_;
  std::map<std::string, std::vector<model::WeighedAction>> random_;
  std::map<std::string, std::vector<double>> on_policy_;
  bool paired_ = false;

 private:
  void quarantine(const InputQuarantined& row) {
    quarantined_ += 1;
    if (quarantine_.size() < 50) quarantine_.push_back({row.file, row.line, row.reason, row.text});
  }
  void score(const RequestId& request, bool positive) {
    const auto found = evaluated_.find(request);
    if (found == evaluated_.end()) return;
    scores_.push_back(found->second.first);
    frozen_scores_.push_back(found->second.second);
    labels_.push_back(positive ? 1.0f : 0.0f);
    evaluated_.erase(found);
  }
  void rewarded(const RewardAssigned& reward) {
    if (reward.objective == "ndcg@10") {
      paired_ = true;
      const double values[3] = {reward.outer, reward.frozen_outer, reward.popularity_outer};
      for (std::size_t i = 0; i < 3; ++i) {
        ndcg_[i].add(values[i]);
        hits_[i].add(double{reward.hits.at(i)});
      }
      if (reward.new_user) {
        new_ndcg_.add(reward.outer);
        new_hits_.add(double{reward.hits.at(0)});
      }
    } else if (reward.objective == "clicks") {
      clicks_.add(reward.outer);
      if (reward.new_user) new_clicks_.add(reward.outer);
    } else if (reward.objective == "satisfaction") {
      satisfaction_.add(reward.outer);
      return;
    } else {
      return;
    }
    for (const auto& each : reward.inner) {
      auto& total = credit_[each.agent][reward.user];
      total.requests += 1;
      total.reward += each.value;
      credit_objective_ = reward.objective;
    }
    auto& user = users_[reward.user];
    user.system += reward.outer;
    user.system_n += 1;
    if (paired_) {
      user.frozen += reward.frozen_outer;
      user.frozen_n += 1;
    }
    rewards_.emplace_back(interactions_, RewardAssigned{});
    auto& kept = rewards_.back().second;
    kept.user = reward.user;
    kept.outer = reward.outer;
    kept.frozen_outer = reward.frozen_outer;
    kept.popularity_outer = reward.popularity_outer;
  }
  void weigh(const LoggedActionWeighed& row) {
    if (row.policy == "random") {
      random_[row.campaign].push_back({row.probability, row.propensity, double{row.reward}});
    } else {
      on_policy_[row.campaign].push_back(double{row.reward});
    }
  }
  void evolution(const Event& event) {
    if (const auto* proposed = event.as<VariantProposed>()) {
      auto& change = changes_[proposed->variant];
      change.number = proposed->variant;
      change.proposer = proposed->proposer;
      change.what = proposed->summary;
      change.why = fmt::format("expects {:+.3f} (sd {:.3f}) on {}", proposed->prediction.effect,
                               proposed->prediction.effect_sd, proposed->prediction.metric);
      change.proposed_at = to_double(interactions_);
      proposed_order_.push_back(proposed->variant);
    } else if (const auto* evidence = event.as<EvidenceMeasured>()) {
      changes_[evidence->variant].evidence +=
          fmt::format("{}: {}. ", evidence->method, evidence->reason);
    } else if (const auto* look = event.as<CanaryLooked>()) {
      last_look_ = fmt::format("canary after {} requests: {:+.4f} [{:+.4f}, {:+.4f}]",
                               look->requests, look->effect, look->low, look->high);
    } else if (const auto* promoted = event.as<VariantPromoted>()) {
      decide(promoted->variant, model::Mark::promoted, promoted->reason);
    } else if (const auto* back = event.as<VariantRolledBack>()) {
      decide(back->variant, model::Mark::rolled_back, back->reason);
    } else if (const auto* rejected = event.as<VariantRejected>()) {
      decide(rejected->variant, model::Mark::rejected, rejected->stage + ": " + rejected->reason);
    }
  }
  void decide(std::uint64_t variant, model::Mark verdict, const std::string& reason) {
    auto& change = changes_[variant];
    change.verdict = verdict;
    change.reason = reason;
    change.evidence += last_look_;
    last_look_.clear();
    change.decided_at = to_double(interactions_);
  }

  std::map<RequestId, std::pair<float, float>> evaluated_;
  std::string last_look_;
};

Result<Fold> fold_log(const store::EventLog& log) {
  Fold fold;
  Error broken;
  ARS_TRY(log.scan({{store::Topic::evt, 0}, Offset(0)},
                   [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
                     const auto type = type_of(stored);
                     fold.count(type);
                     if (!wanted(type)) return true;
                     auto event = open_event(stored);
                     if (!event.has_value()) {
                       broken = event.error();
                       return false;
                     }
                     fold.take(*event.value());
                     return true;
                   }));
  if (!broken.context.empty()) return ars::outcome::failure(broken);
  return fold;
}

std::vector<model::UserDifference> differences(const std::map<UserId, UserSums>& users) {
  std::vector<model::UserDifference> out;
  for (const auto& [user, sums] : users) {
    if (sums.system_n == 0 || sums.frozen_n == 0) continue;
    out.push_back({sums.system / sums.system_n - sums.frozen / sums.frozen_n, sums.system_n});
  }
  return out;
}

OuterReward outer_reward(const std::map<UserId, UserSums>& users) {
  OuterReward out;
  double system = 0;
  double frozen = 0;
  double system_n = 0;
  double frozen_n = 0;
  for (const auto& [user, sums] : users) {
    system += sums.system;
    frozen += sums.frozen;
    system_n += sums.system_n;
    frozen_n += sums.frozen_n;
  }
  if (system_n > 0) out.system = system / system_n;
  if (frozen_n == 0) return out;
  out.frozen = frozen / frozen_n;
  model::BootstrapSpec spec;
  spec.resamples = 2'000;
  const auto interval = model::paired_bootstrap(differences(users), spec);
  out.difference = interval.mean;
  out.low = interval.low;
  out.high = interval.high;
  return out;
}

// Points of the report's curve: window means, and the paired difference of all so far.
std::vector<model::RewardPoint> curve(const Fold& fold, const Fold* twin, std::uint64_t total) {
  std::vector<model::RewardPoint> out;
  const auto size = std::max<std::uint64_t>(total / windows, 1);
  std::map<UserId, UserSums> users;
  std::size_t at = 0;
  std::size_t twin_at = 0;
  for (std::uint64_t end = size; end <= total; end += size) {
    WindowSums sums;
    for (; at < fold.rewards_.size() && fold.rewards_[at].first <= end; ++at) {
      const auto& reward = fold.rewards_[at].second;
      auto& user = users[reward.user];
      user.system += reward.outer;
      user.system_n += 1;
      sums.system.add(reward.outer);
      if (twin == nullptr) {
        user.frozen += reward.frozen_outer;
        user.frozen_n += 1;
        sums.frozen.add(reward.frozen_outer);
        sums.popularity.add(reward.popularity_outer);
      }
    }
    for (;
         twin != nullptr && twin_at < twin->rewards_.size() && twin->rewards_[twin_at].first <= end;
         ++twin_at) {
      const auto& reward = twin->rewards_[twin_at].second;
      auto& user = users[reward.user];
      user.frozen += reward.outer;
      user.frozen_n += 1;
      sums.frozen.add(reward.outer);
    }
    if (sums.system.n == 0) continue;
    model::BootstrapSpec spec;
    spec.resamples = 300;
    const auto interval = model::paired_bootstrap(differences(users), spec);
    model::RewardPoint point;
    point.interactions = to_double(end);
    point.system = *sums.system.value();
    point.frozen = sums.frozen.value().value_or(0);
    point.popularity = sums.popularity.value();
    point.difference = interval.mean;
    point.low = interval.low;
    point.high = interval.high;
    out.push_back(point);
  }
  return out;
}

CampaignValue campaign_value(const std::vector<model::WeighedAction>& actions,
                             const std::vector<double>& on_policy) {
  CampaignValue out;
  model::OffPolicySpec spec;
  out.value = model::off_policy_value(actions, spec);
  if (!on_policy.empty()) out.on_policy = model::on_policy_value(on_policy, spec);
  return out;
}

void off_policy(const Fold& fold, RunSummary& out) {
  std::set<std::string> campaigns;
  for (const auto& [campaign, actions] : fold.random_)
    campaigns.insert(campaign);
  for (const auto& [campaign, rewards] : fold.on_policy_)
    campaigns.insert(campaign);
  if (campaigns.empty()) return;
  const auto of = [](const auto& by_campaign, const std::string& campaign) {
    const auto found = by_campaign.find(campaign);
    return found == by_campaign.end() ? decltype(found->second)() : found->second;
  };
  std::vector<model::WeighedAction> pooled;
  std::vector<double> pooled_rewards;
  for (const auto& campaign : campaigns) {
    const std::vector<model::WeighedAction> actions = of(fold.random_, campaign);
    const std::vector<double> rewards = of(fold.on_policy_, campaign);
    pooled.insert(pooled.end(), actions.begin(), actions.end());
    pooled_rewards.insert(pooled_rewards.end(), rewards.begin(), rewards.end());
    out.campaigns[campaign] = campaign_value(actions, rewards);
  }
  out.off_policy = campaign_value(pooled, pooled_rewards);
}

void fill_metrics(const Fold& fold, const Fold* twin, RunSummary& out) {
  MetricSet* sets[3] = {&out.system, &out.frozen, &out.popularity};
  for (std::size_t i = 0; i < 3; ++i) {
    sets[i]->hit_rate = fold.hits_[i].value();
    sets[i]->ndcg = fold.ndcg_[i].value();
  }
  out.system.auc = model::auc(fold.scores_, fold.labels_);
  out.frozen.auc = model::auc(fold.frozen_scores_, fold.labels_);
  out.system.clicks = fold.clicks_.value();
  out.system.satisfaction = fold.satisfaction_.value();
  out.new_users.ndcg = fold.new_ndcg_.value();
  out.new_users.hit_rate = fold.new_hits_.value();
  out.new_users.clicks = fold.new_clicks_.value();
  if (twin != nullptr) {
    out.frozen.clicks = twin->clicks_.value();
    out.frozen.satisfaction = twin->satisfaction_.value();
  }
}

void fill_report(const Fold& fold, const Fold* twin, RunSummary& out) {
  auto& report = out.report;
  report.title = "AgenticRS run on " + out.source;
  report.interactions = out.interactions;
  report.requests = out.requests;
  report.events = out.events;
  report.quarantined = out.quarantined;
  report.quarantine = fold.quarantine_;
  report.log_head = to_hex(out.log_head);
  const bool clicks = fold.clicks_.n > 0;
  if (out.outer.difference.has_value()) {
    report.reward = model::RewardSummary{clicks ? "clicks" : "ndcg@10",
                                         *out.outer.system,
                                         *out.outer.frozen,
                                         *out.outer.difference,
                                         *out.outer.low,
                                         *out.outer.high,
                                         fold.users_.size()};
  }
  report.reward_over_time = curve(fold, twin, out.interactions);
  for (const auto variant : fold.proposed_order_) {
    auto change = fold.changes_.at(variant);
    if (change.verdict == model::Mark::open) change.decided_at = to_double(out.interactions);
    report.changes.push_back(std::move(change));
  }
  for (const auto& [agent, users] : fold.credit_) {
    model::ArmSums differences;
    for (const auto& [user, total] : users)
      differences.replace({}, total);
    const auto credit = model::credit_from(differences);
    report.credit.push_back({agent, credit.estimate, credit.low, credit.high, credit.requests});
  }
  report.credit_unit = fold.credit_objective_ + " per request";
  const auto row = [&](std::string name, auto member) {
    report.metrics.push_back({std::move(name), out.system.*member, out.frozen.*member,
                              out.popularity.*member, out.new_users.*member});
  };
  row("hit_rate@10", &MetricSet::hit_rate);
  row("ndcg@10", &MetricSet::ndcg);
  row("auc", &MetricSet::auc);
  row("clicks per request", &MetricSet::clicks);
  row("satisfaction per click", &MetricSet::satisfaction);
  for (const auto& [campaign, value] : out.campaigns) {
    report.off_policy.push_back(
        {campaign, value.value.snips, value.value.low, value.value.high,
         value.value.effective_sample_size,
         value.on_policy.has_value() ? std::optional(value.on_policy->mean) : std::nullopt,
         value.value.reason});
  }
}

}  // namespace

std::string protocol_of(const std::string& source) {
  if (source == "movielens") {
    return "progressive validation in time order; every rating a target; full catalogue without "
           "the "
           "user's earlier items; slate of 10; AUC on rows after the first training, label rating "
           ">= 4";
  }
  if (source == "obd") return "replay of logged impressions; SNIPW on random, bootstrap over rows";
  return "simulated users; clicks per request against a frozen twin on the same users and draws";
}

Result<RunSummary> summarise(const store::EventLog& log, const store::EventLog* twin) {
  RunSummary out;
  ARS_TRY(const auto records, log.read({{store::Topic::ctl, 0}, Offset(0)}, 1));
  if (records.empty()) return fail(Errc::corrupt, "the log has no ClusterCreated record");
  ARS_TRY(const auto first, open_event(records.front().stored));
  if (const auto* created = first->as<ClusterCreated>()) out.source = created->source;
  ARS_TRY(auto fold, fold_log(log));
  std::optional<Fold> twin_fold;
  if (twin != nullptr) {
    ARS_TRY(twin_fold, fold_log(*twin));
    for (const auto& [user, sums] : twin_fold->users_) {
      fold.users_[user].frozen = sums.system;
      fold.users_[user].frozen_n = sums.system_n;
    }
  }
  out.log_head = store::log_head(log.heads());
  for (const auto& head : log.heads()) {
    if (head.stream.topic <= store::Topic::ctl) out.events += head.next.value();
  }
  out.requests = fold.requests_;
  out.interactions = fold.interactions_;
  out.quarantined = fold.quarantined_;
  for (const auto& [variant, change] : fold.changes_) {
    out.proposed += 1;
    out.promoted += change.verdict == model::Mark::promoted ? 1 : 0;
    out.rolled_back += change.verdict == model::Mark::rolled_back ? 1 : 0;
    out.rejected += change.verdict == model::Mark::rejected ? 1 : 0;
  }
  out.outer = outer_reward(fold.users_);
  const Fold* other = twin_fold.has_value() ? &*twin_fold : nullptr;
  fill_metrics(fold, other, out);
  off_policy(fold, out);
  fill_report(fold, other, out);
  out.report.protocol = protocol_of(out.source);
  return out;
}

}  // namespace ars::cli
