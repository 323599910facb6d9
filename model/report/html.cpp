#include "model/report/html.hpp"

#include "events/base/narrow.hpp"
#include "model/report/page_style.hpp"
#include "model/report/tables.hpp"
#include "model/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::model {
namespace {

struct Counts {
  std::uint64_t promoted = 0, rejected = 0, rolled_back = 0, open = 0;
};

Counts counts_of(const ReportData& data) {
  Counts out;
  for (const auto& change : data.changes) {
    switch (change.verdict) {
      case Mark::promoted:
        ++out.promoted;
        break;
      case Mark::rejected:
        ++out.rejected;
        break;
      case Mark::rolled_back:
        ++out.rolled_back;
        break;
      case Mark::open:
        ++out.open;
        break;
    }
  }
  return out;
}

std::string_view verdict_class(const ReportData& data) {
  if (data.replay.state == ReplayState::diverged) return "bad";
  if (!data.reward || (data.reward->low <= 0 && data.reward->high >= 0)) return "";
  return data.reward->low > 0 ? "good" : "bad";
}

std::string section(std::string_view title, std::string_view lead) {
  return fmt::format("<h2>{}</h2>\n<p>{}</p>\n", title, lead);
}

std::string tile(std::string_view name, const std::string& value, const std::string& note) {
  return fmt::format(
      "<div class=\"tile\"><dt>{}</dt><dd>{}<span class=\"note\">{}</span></dd></div>\n",
      escape_html(name), escape_html(value), escape_html(note));
}

std::string tiles(const ReportData& data) {
  const auto counts = counts_of(data);
  std::string out = "<dl class=\"tiles\">\n";
  if (data.reward) {
    const auto& reward = *data.reward;
    out += tile("Evolving system, " + reward.name, format_value(reward.system),
                "frozen twin " + format_value(reward.frozen));
    out += tile("Paired difference", format_signed(reward.difference),
                fmt::format("95 % interval {}, {} users", format_interval(reward.low, reward.high),
                            format_count(reward.users)));
  }
  out += tile(
      "Changes promoted", format_count(counts.promoted),
      fmt::format("of {} proposed; {} rejected, {} rolled back", format_count(data.changes.size()),
                  format_count(counts.rejected), format_count(counts.rolled_back)));
  out += tile("Interactions", format_count(data.interactions),
              fmt::format("{} requests, {} events", format_count(data.requests),
                          format_count(data.events)));
  return out + "</dl>\n";
}

std::vector<PlotMarker> markers_of(const ReportData& data) {
  std::vector<PlotMarker> out;
  for (const auto& change : data.changes) {
    if (change.verdict != Mark::promoted && change.verdict != Mark::rolled_back) continue;
    out.push_back({change.decided_at, fmt::format("{}", change.number), change.verdict,
                   fmt::format("{}: {}", change.number, change.what)});
  }
  return out;
}

std::string reward_section(const ReportData& data) {
  if (!data.reward && data.reward_over_time.empty()) return {};
  const auto name = data.reward ? data.reward->name : std::string("outer reward");
  LinePlot levels;
  levels.title = "Outer reward by window";
  levels.description =
      fmt::format("{} of the evolving system and of its frozen twin over the run", name);
  levels.x_label = "interactions";
  levels.y_label = name;
  levels.series = {{"system", Ink::system, {}}, {"frozen twin", Ink::frozen, {}}};
  PlotSeries popularity{"popularity", Ink::popularity, {}};
  LinePlot difference;
  difference.title = "Paired difference so far: system minus frozen twin";
  difference.description = "cumulative mean difference on the same requests with its 95 % interval";
  difference.x_label = "interactions";
  difference.y_label = fmt::format("\u0394 {}", name);
  difference.series = {{"difference", Ink::difference, {}}};
  difference.band = PlotBand{"95 % interval over users", Ink::difference, {}};
  difference.zero_line = true;
  for (const auto& point : data.reward_over_time) {
    levels.series[0].points.push_back({point.interactions, point.system});
    levels.series[1].points.push_back({point.interactions, point.frozen});
    if (point.popularity) popularity.points.push_back({point.interactions, *point.popularity});
    difference.series[0].points.push_back({point.interactions, point.difference});
    difference.band->points.push_back({point.interactions, point.low, point.high});
  }
  if (!popularity.points.empty()) levels.series.push_back(std::move(popularity));
  levels.markers = difference.markers = markers_of(data);
  return section(
             "Outer reward over time",
             "The frozen twin answers the same users with the system as it stood when its first "
             "training went live. What separates the two is evolution alone.") +
         svg_lines(difference) + svg_lines(levels);
}

Cell verdict_cell(const ReportChange& change) {
  switch (change.verdict) {
    case Mark::promoted:
      return {"promoted", CellKind::good, change.reason};
    case Mark::rolled_back:
      return {"rolled back", CellKind::bad, change.reason};
    case Mark::rejected:
      return {"rejected", CellKind::neutral, change.reason};
    case Mark::open:
      return {"open", CellKind::neutral, change.reason};
  }
  return {};
}

std::string change_section(const ReportData& data) {
  Timeline timeline;
  timeline.title = "Every change, from proposal to verdict";
  timeline.description = "one lane per agent that proposed, time in interactions";
  timeline.x_label = "interactions";
  timeline.x_max = to_double(data.interactions);
  Table table{"Changes with their evidence and verdict",
              {{"#", CellKind::number},
               {"What changed, when", CellKind::text},
               {"Why", CellKind::text},
               {"Evidence", CellKind::text},
               {"Verdict", CellKind::text}},
              {},
              "No change was proposed in this run."};
  for (const auto& change : data.changes) {
    timeline.entries.push_back(
        {change.proposer, change.proposed_at, change.decided_at, fmt::format("{}", change.number),
         change.verdict,
         fmt::format("{}: {} \u2013 {}", change.number, change.what, change.reason)});
    table.rows.push_back({{fmt::format("{}", change.number), CellKind::number, {}},
                          {with_arrows(change.what), CellKind::text,
                           fmt::format("{}, {}\u2013{}", change.proposer,
                                       format_count(truncate<std::uint64_t>(change.proposed_at)),
                                       format_count(truncate<std::uint64_t>(change.decided_at)))},
                          {with_arrows(change.why), CellKind::text, {}},
                          {with_arrows(change.evidence), CellKind::text, {}},
                          verdict_cell(change)});
  }
  return section("What changed, when and why",
                 "Every change takes the same road: prediction, static checks, paired offline "
                 "evidence above the noise floor, canary, verdict.") +
         (data.changes.empty() ? std::string() : svg_timeline(timeline)) + html_table(table);
}

std::string credit_section(const ReportData& data) {
  if (data.credit.empty()) return {};
  auto credit = data.credit;
  std::stable_sort(credit.begin(), credit.end(),
                   [](const auto& a, const auto& b) { return a.estimate > b.estimate; });
  BarPlot plot;
  plot.title = "Credit per agent";
  plot.description = "difference reward of each agent with its 95 % interval";
  plot.x_label = data.credit_unit;
  for (const auto& each : credit) {
    plot.bars.push_back({each.agent, each.estimate, each.low, each.high,
                         format_count(each.requests) + " requests"});
  }
  return section("Credit",
                 "The outer reward with the agent minus that with its default in its place, on the "
                 "same logged requests; errors are clustered by user.") +
         svg_bars(plot);
}

std::string metric_section(const ReportData& data) {
  Table table{"Metrics of the system and its baselines",
              {{"Metric", CellKind::text},
               {"System", CellKind::number},
               {"Frozen twin", CellKind::number},
               {"Popularity", CellKind::number},
               {"New users", CellKind::number}},
              {},
              "This source defines no ranking metric."};
  const auto number = [](const std::optional<double>& value) {
    return Cell{format_optional(value), CellKind::number, {}};
  };
  for (const auto& metric : data.metrics) {
    table.rows.push_back({{metric.name, CellKind::text, {}},
                          number(metric.system),
                          number(metric.frozen),
                          number(metric.popularity),
                          number(metric.new_users)});
  }
  return section("Quality", escape_html(data.protocol)) + html_table(table);
}

std::string off_policy_section(const ReportData& data) {
  if (data.off_policy.empty()) return {};
  Table table{"Off-policy value by campaign",
              {{"Campaign", CellKind::text},
               {"Estimate", CellKind::number},
               {"95 % interval", CellKind::number},
               {"Effective sample", CellKind::number},
               {"On-policy reference", CellKind::number},
               {"Verdict", CellKind::text}},
              {},
              ""};
  for (const auto& each : data.off_policy) {
    const bool refused = !each.refused.empty();
    table.rows.push_back({{each.campaign, CellKind::text, {}},
                          {format_value(each.estimate), CellKind::number, {}},
                          {fmt::format("[{}, {}]", format_value(each.low), format_value(each.high)),
                           CellKind::number,
                           {}},
                          {format_value(each.effective_sample_size), CellKind::number, {}},
                          {format_optional(each.on_policy_reference), CellKind::number, {}},
                          {refused ? "refused" : "usable",
                           refused ? CellKind::neutral : CellKind::good, each.refused}});
  }
  return section("Off-policy value",
                 "SNIPW on the randomly logged rows, of the policy as it stood before each row. A "
                 "refused estimate shows its numbers and enters no verdict.") +
         html_table(table);
}

std::string proof_section(const ReportData& data) {
  const auto& replay = data.replay;
  std::string state = "<span class=\"badge neutral\">\u25CB not run</span>";
  if (replay.state == ReplayState::equal) {
    state = "<span class=\"badge good\">\u25B2 equal</span>";
  } else if (replay.state == ReplayState::diverged) {
    state = "<span class=\"badge bad\">\u2715 diverged</span>";
  }
  std::string out = section("Proof",
                            "The log is the only truth: every state above is a fold of it, and "
                            "every decision can be made again from it.");
  out += "<dl class=\"facts\">\n";
  out += fmt::format("<dt>Replay</dt><dd>{} {}</dd>\n", state, escape_html(replay.sentence));
  if (replay.state != ReplayState::not_run) {
    out += fmt::format("<dt>Decisions</dt><dd>{} exact, {} equivalent, {} diverged</dd>\n",
                       format_count(replay.exact), format_count(replay.equivalent),
                       format_count(replay.diverged));
  }
  out += fmt::format("<dt>Log head</dt><dd><code>{}</code></dd>\n", escape_html(data.log_head));
  for (const auto& fact : data.facts) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape_html(fact.name), escape_html(fact.value));
  }
  return out + "</dl>\n";
}

std::string quarantine_section(const ReportData& data) {
  Table table{"Quarantined rows",
              {{"File", CellKind::text},
               {"Line", CellKind::number},
               {"Reason", CellKind::text},
               {"Text", CellKind::text}},
              {},
              "Every row and event could be taken."};
  for (const auto& row : data.quarantine) {
    table.rows.push_back({{row.file, CellKind::text, {}},
                          {format_count(row.line), CellKind::number, {}},
                          {row.reason, CellKind::text, {}},
                          {row.text, CellKind::code, {}}});
  }
  const auto shown = data.quarantine.size();
  const auto lead =
      data.quarantined == 0
          ? std::string("What cannot be read is kept with its place and reason, never dropped.")
          : fmt::format("{} kept out of the run with their place and reason{}.",
                        data.quarantined == 1 ? std::string("1 row was")
                                              : format_count(data.quarantined) + " rows were",
                        shown < data.quarantined
                            ? fmt::format("; the first {}", format_count(shown))
                            : std::string());
  return section("Quarantined input", lead) + html_table(table);
}

}  // namespace

std::string verdict_sentence(const ReportData& data) {
  std::string out = "This source defines no outer reward to compare.";
  if (data.reward) {
    const auto& r = *data.reward;
    const auto interval = format_interval(r.low, r.high);
    if (r.low <= 0 && r.high >= 0) {
      out = fmt::format(
          "No difference can be claimed: the paired difference in {} is {}, and its 95 % interval "
          "{} "
          "holds 0.",
          r.name, format_signed(r.difference), interval);
    } else {
      out = fmt::format(
          "Evolution {}: {} is {} against {} for the frozen twin, a paired difference of {} (95 % "
          "interval {}).",
          r.low > 0 ? "helped" : "hurt", r.name, format_value(r.system), format_value(r.frozen),
          format_signed(r.difference), interval);
    }
  }
  const auto counts = counts_of(data);
  if (data.changes.empty()) {
    out += " No change was proposed.";
  } else {
    out += fmt::format(" Of {} proposed change{}, {} {} promoted, {} rejected and {} rolled back",
                       data.changes.size(), data.changes.size() == 1 ? "" : "s", counts.promoted,
                       counts.promoted == 1 ? "was" : "were", counts.rejected, counts.rolled_back);
    out += counts.open == 0 ? "." : fmt::format("; {} still open.", counts.open);
  }
  if (data.replay.state == ReplayState::equal) out += " Replay of the log gives the same states.";
  if (data.replay.state == ReplayState::diverged) out += " Replay of the log does not agree.";
  return out;
}

std::string render_report(const ReportData& data) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n"
      "<p class=\"eyebrow\">AgenticRS run report</p>\n<h1>{0}</h1>\n"
      "<p class=\"verdict {2}\">{3}</p>\n",
      escape_html(data.title), page_style(), verdict_class(data),
      escape_html(verdict_sentence(data)));
  out += tiles(data);
  out += reward_section(data);
  out += change_section(data);
  out += credit_section(data);
  out += metric_section(data);
  out += off_policy_section(data);
  out += proof_section(data);
  out += quarantine_section(data);
  out +=
      "<footer>Intervals are 95 %. Those of the paired difference are a bootstrap over users; what "
      "lies inside an interval is not claimed. Times are counted in interactions.</footer>\n"
      "</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace ars::model
