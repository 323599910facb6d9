#include "actors/infrastructure/coordinator/offline_evidence.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/features/encoder.hpp"
#include "model/ir/cost.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ars::actors {
namespace {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values)
    sum += value;
  return values.empty() ? 0 : sum / to_double(values.size());
}

std::vector<const events::ArmResult*> labelled(const events::TrainingFinished& finished,
                                               std::string_view label) {
  std::vector<const events::ArmResult*> out;
  for (const auto& arm : finished.arms) {
    if (arm.label == label) out.push_back(&arm);
  }
  return out;
}

double metric_of(const events::ArmResult& arm, std::string_view name, std::uint64_t& rows) {
  for (const auto& metric : arm.metrics) {
    if (metric.metric != name) continue;
    rows = metric.rows;
    return metric.value;
  }
  rows = 0;
  return 0;
}

// Differences of every two runs of the base: what the seed alone does.
std::vector<double> noise_differences(const events::TrainingFinished& finished) {
  // Against what serves as it stands, the seed acts on the variant's runs alone.
  auto runs = labelled(finished, labelled(finished, "live").empty() ? "base" : "variant");
  for (const auto* run : labelled(finished, "noise"))
    runs.push_back(run);
  std::vector<double> out;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = i + 1; j < runs.size(); ++j) {
      out.push_back(mean_of(runs[i]->user_metric) - mean_of(runs[j]->user_metric));
    }
  }
  return out;
}

// Mean square: the differences have expectation 0 by construction.
double sigma_of(const std::vector<double>& differences) {
  double squares = 0;
  for (const double each : differences)
    squares += each * each;
  return differences.empty() ? 0 : std::sqrt(squares / to_double(differences.size()));
}

model::OfflineEvidence pair_up(const events::TrainingFinished& finished) {
  auto base = labelled(finished, "base");
  const auto variant = labelled(finished, "variant");
  const auto live = labelled(finished, "live");
  if (!live.empty()) base.assign(variant.size(), live.front());
  ARS_CHECK(base.size() == variant.size() && !base.empty(), "arms are not paired");
  model::OfflineEvidence out;
  const auto users = base.front()->user_metric.size();
  std::vector<double> per_user(users, 0);
  for (std::size_t s = 0; s < base.size(); ++s) {
    ARS_CHECK(base[s]->user_metric.size() == users && variant[s]->user_metric.size() == users,
              "arms were tested on different users");
    out.seed_differences.push_back(mean_of(variant[s]->user_metric) -
                                   mean_of(base[s]->user_metric));
    for (std::size_t u = 0; u < users; ++u) {
      per_user[u] += variant[s]->user_metric[u] - base[s]->user_metric[u];
    }
  }
  for (const double sum : per_user) {
    out.user_differences.push_back({sum / to_double(base.size()), 1.0});
  }
  return out;
}

}  // namespace

model::PlanCost plan_cost(const events::ServingPlan& plan) {
  const auto graph = model::parse_graph(plan.ranker.architecture);
  if (!graph.has_value()) return {};
  const auto columns = model::columns();
  const auto checked = model::infer_shapes(graph.value(), columns);
  if (!checked.has_value()) return {};
  const auto cost = model::cost_of(checked.value(), columns);
  return {cost.parameters, cost.flops_per_row};
}

OfflineStage offline_evidence(const events::TrainingFinished& finished,
                              const events::EvolutionConfigured& config) {
  OfflineStage out;
  const auto noise = noise_differences(finished);
  auto evidence = pair_up(finished);
  evidence.noise_sigma = sigma_of(noise);
  evidence.noise_pairs = noise.size();
  out.noise = {finished.variant, "log_likelihood", evidence.noise_sigma, noise.size()};
  model::OfflineSpec spec;
  spec.seeds_min = 3;
  spec.seed = config.seed;
  const auto judged = model::judge_offline(evidence, spec);
  auto& measured = out.measured;
  measured.variant = finished.variant;
  measured.method = "paired trainings";
  measured.metric = "log_likelihood";
  measured.differences = evidence.seed_differences;
  measured.mean = judged.mean;
  measured.low = judged.low;
  measured.high = judged.high;
  measured.noise_floor = judged.noise_floor;
  measured.p_value = judged.p_value;
  measured.passed = judged.passed;
  measured.reason = judged.reason;
  std::uint64_t rows = 0;
  const auto bases = labelled(finished, "base");
  const auto variant =
      metric_of(*labelled(finished, "variant").front(), "explored_log_likelihood", rows);
  const auto base =
      bases.empty() ? variant : metric_of(*bases.front(), "explored_log_likelihood", rows);
  auto& off = out.off_policy;
  off.variant = finished.variant;
  off.estimate = variant - base;
  off.effective_sample_size = to_double(rows);
  off.refused = rows < 100;
  // The explored rows are a uniform sample of what was not chosen: a model that is clearly worse on
  // them learned the logging policy, not the users.
  off.passed = off.refused || off.estimate > -0.05;
  off.reason =
      off.refused
          ? fmt::format("refused: {} explored rows are fewer than 100; the canary decides", rows)
          : fmt::format("log likelihood on {} explored rows differs by {:+.4f}", rows,
                        off.estimate);
  return out;
}

}  // namespace ars::actors
