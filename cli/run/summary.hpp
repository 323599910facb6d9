// What a run's log says about it: counts, rewards against the frozen twin, ranking metrics,
// off-policy value. A pure fold of one log, or of a log and its twin's; computed anew each time, so
// a finished log prints the same. Any thread.
#pragma once

#include "model/evaluation/off_policy.hpp"
#include "model/report/html.hpp"
#include "store/event_log.hpp"

#include <map>
#include <optional>

namespace ars::cli {

// Empty: the source does not define it.
struct MetricSet {
  std::optional<double> hit_rate;
  std::optional<double> ndcg;
  std::optional<double> auc;
  std::optional<double> clicks;
  std::optional<double> satisfaction;
};

struct OuterReward {
  std::optional<double> system;
  std::optional<double> frozen;
  std::optional<double> difference;
  std::optional<double> low;
  std::optional<double> high;
};

struct CampaignValue {
  model::OffPolicyValue value;
  std::optional<model::OnPolicyValue> on_policy;
};

struct RunSummary {
  std::string source;
  Bytes32 log_head{};
  std::uint64_t events = 0;
  std::uint64_t requests = 0;
  std::uint64_t interactions = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t proposed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t promoted = 0;
  std::uint64_t rolled_back = 0;
  OuterReward outer;
  MetricSet system;
  MetricSet frozen;
  MetricSet popularity;
  MetricSet new_users;
  std::optional<CampaignValue> off_policy;
  std::map<std::string, CampaignValue> campaigns;
  model::ReportData report;  // all that the page shows, but the replay verdict
};

// `twin` may be null. Errc::corrupt.
Result<RunSummary> summarise(const store::EventLog& log, const store::EventLog* twin);

// The object of `ars run -o json`.
std::string summary_json(const RunSummary& summary);
// The same for people.
std::string summary_text(const RunSummary& summary);

}  // namespace ars::cli
