#include "cli/json_object.hpp"
#include "cli/run/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ars::cli {
namespace {

constexpr std::size_t quarantine_lines = 10;  // of the summary; the report shows more

JsonObject metrics_object(const MetricSet& set) {
  JsonObject out;
  out.add("hit_rate@10", set.hit_rate).add("ndcg@10", set.ndcg).add("auc", set.auc);
  out.add("clicks", set.clicks).add("satisfaction", set.satisfaction);
  return out;
}

JsonObject value_object(const CampaignValue& value) {
  JsonObject out;
  // Without a usable row there is no estimate, and zero would look like one.
  for (const auto& [name, figure] :
       {std::pair("estimate", value.value.snips), std::pair("low", value.value.low),
        std::pair("high", value.value.high)}) {
    out.add(name, value.value.rows == 0 ? std::nullopt : std::optional(figure));
  }
  out.add("effective_sample_size", value.value.effective_sample_size);
  out.add("rows", value.value.rows).add("weight_mean", value.value.weight_mean);
  out.add("weight_max", value.value.weight_max).add("refused", value.value.refused);
  if (value.value.refused) out.add("reason", value.value.reason);
  if (value.on_policy.has_value()) {
    JsonObject reference;
    reference.add("mean", value.on_policy->mean).add("low", value.on_policy->low);
    reference.add("high", value.on_policy->high).add("rows", value.on_policy->rows);
    out.add("on_policy_reference", reference);
  } else {
    out.add_null("on_policy_reference");
  }
  return out;
}

std::string number(const std::optional<double>& value) {
  return value.has_value() ? fmt::format("{:.4f}", *value) : std::string("-");
}

}  // namespace

std::string protocol_of(const std::string& source);

std::string summary_json(const RunSummary& s) {
  JsonObject out;
  out.add("log_head", to_hex(s.log_head)).add("events", s.events).add("requests", s.requests);
  out.add("interactions", s.interactions).add("quarantined", s.quarantined);
  out.add("protocol", protocol_of(s.source));
  JsonObject evolution;
  evolution.add("proposed", s.proposed).add("rejected", s.rejected);
  evolution.add("promoted", s.promoted).add("rolled_back", s.rolled_back);
  out.add("evolution", evolution);
  JsonObject outer;
  outer.add("system", s.outer.system).add("frozen", s.outer.frozen);
  outer.add("difference", s.outer.difference).add("low", s.outer.low).add("high", s.outer.high);
  out.add("outer_reward", outer);
  out.add("metrics", metrics_object(s.system));
  JsonObject baselines;
  baselines.add("popularity", metrics_object(s.popularity));
  baselines.add("frozen", metrics_object(s.frozen));
  out.add("baselines", baselines);
  JsonObject slices;
  slices.add("new_users", metrics_object(s.new_users));
  out.add("slices", slices);
  if (!s.off_policy.has_value()) {
    out.add_null("off_policy");
    return out.text();
  }
  auto value = value_object(*s.off_policy);
  JsonObject campaigns;
  for (const auto& [name, campaign] : s.campaigns)
    campaigns.add(name, value_object(campaign));
  value.add("campaigns", campaigns);
  out.add("off_policy", value);
  return out.text();
}

std::string summary_text(const RunSummary& s) {
  std::string out;
  out += fmt::format("source        {}\ninteractions  {}\nrequests      {}\nevents        {}\n",
                     s.source, s.interactions, s.requests, s.events);
  out += fmt::format("quarantined   {}\n", s.quarantined);
  const auto& rows = s.report.quarantine;
  for (std::size_t i = 0; i < std::min(rows.size(), quarantine_lines); ++i) {
    out += fmt::format("              {}:{}: {}\n", rows[i].file, rows[i].line, rows[i].reason);
  }
  if (s.quarantined > quarantine_lines) {
    out += fmt::format("              and {} more: ars events list --type ars.input.quarantined\n",
                       s.quarantined - quarantine_lines);
  }
  out += fmt::format("evolution     {} proposed, {} rejected, {} promoted, {} rolled back\n",
                     s.proposed, s.rejected, s.promoted, s.rolled_back);
  out += fmt::format("outer reward  system {}, frozen {}, difference {} [{}, {}]\n",
                     number(s.outer.system), number(s.outer.frozen), number(s.outer.difference),
                     number(s.outer.low), number(s.outer.high));
  out +=
      fmt::format("hit_rate@10   system {}, frozen {}, popularity {}\n", number(s.system.hit_rate),
                  number(s.frozen.hit_rate), number(s.popularity.hit_rate));
  out += fmt::format("ndcg@10       system {}, frozen {}, popularity {}\n", number(s.system.ndcg),
                     number(s.frozen.ndcg), number(s.popularity.ndcg));
  out += fmt::format("auc           system {}, frozen {}\n", number(s.system.auc),
                     number(s.frozen.auc));
  if (s.off_policy.has_value()) {
    const auto& value = s.off_policy->value;
    out += fmt::format("off-policy    {:.5f} [{:.5f}, {:.5f}], effective sample size {:.0f}{}\n",
                       value.snips, value.low, value.high, value.effective_sample_size,
                       value.refused ? ", refused: " + value.reason : std::string());
  }
  out += fmt::format("log head      {}", to_hex(s.log_head));
  return out;
}

}  // namespace ars::cli
