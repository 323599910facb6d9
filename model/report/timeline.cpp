#include "events/base/narrow.hpp"
#include "model/report/plot_frame.hpp"
#include "model/report/plots.hpp"
#include "model/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace ars::model {
namespace {

constexpr double row_height = 20;
constexpr double lane_gap = 12;
constexpr std::size_t rows_max = 8;  // of one lane; later entries share the last one

struct Placed {
  const TimelineEntry* entry;
  std::size_t row;
};

struct Lane {
  std::string name;
  std::vector<Placed> entries;
  std::size_t rows = 1;
};

// Lanes in the order of their first entry; entries that overlap in time stand in different rows.
std::vector<Lane> place(const Timeline& timeline, const PlotFrame& frame) {
  std::vector<Lane> lanes;
  std::map<std::string, std::size_t> known;
  std::vector<std::vector<double>> free_from;
  for (const auto& entry : timeline.entries) {
    const auto [at, added] = known.try_emplace(entry.lane, lanes.size());
    if (added) {
      lanes.push_back({entry.lane, {}, 1});
      free_from.emplace_back();
    }
    auto& rows = free_from[at->second];
    const double from = frame.x(entry.begin), to = frame.x(entry.end) + 30;
    auto row = narrow<std::size_t>(
        std::find_if(rows.begin(), rows.end(), [&](double free) { return free <= from; }) -
        rows.begin());
    row = std::min(row, rows_max - 1);
    if (row == rows.size()) rows.push_back(0);
    rows[row] = to;
    auto& lane = lanes[at->second];
    lane.entries.push_back({&entry, row});
    lane.rows = rows.size();
  }
  return lanes;
}

void draw_entry(std::string& out, const PlotFrame& frame, const TimelineEntry& entry, double y) {
  auto to = std::back_inserter(out);
  const double from = frame.x(entry.begin), end = frame.x(entry.end);
  fmt::format_to(
      to,
      "<g><title>{}</title><line class=\"span {}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" "
      "y2=\"{:.1f}\"/>",
      escape_html(entry.description), mark_class(entry.mark), from, y, end, y);
  draw_mark(out, entry.mark, end, y);
  fmt::format_to(to, "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n", end + 8,
                 y + 4, escape_html(entry.label));
}

std::string legend_of(const Timeline& timeline) {
  std::string out = "<ul class=\"legend\">";
  for (const auto mark : {Mark::promoted, Mark::rejected, Mark::rolled_back, Mark::open}) {
    const bool used = std::any_of(timeline.entries.begin(), timeline.entries.end(),
                                  [&](const auto& entry) { return entry.mark == mark; });
    if (!used) continue;
    std::string glyph;
    draw_mark(glyph, mark, 13, 6);
    out += fmt::format(
        "<li><svg class=\"key\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">{}</svg>{}</li>", glyph,
        mark_name(mark));
  }
  return out + "</ul>\n";
}

}  // namespace

std::string svg_timeline(const Timeline& timeline) {
  if (timeline.entries.empty()) {
    return fmt::format(
        "<figure><figcaption>{}</figcaption><p class=\"empty\">No change was proposed in "
        "this run.</p></figure>\n",
        escape_html(timeline.title));
  }
  PlotRange x;
  x.add(0);
  x.add(timeline.x_max);
  for (const auto& entry : timeline.entries)
    x.add(entry.end);
  const auto range = x.high > x.low ? x : x.padded(0);
  PlotFrame frame{130, 8, 570, 0, range.low, range.high, 0, 1};
  const auto lanes = place(timeline, frame);
  for (const auto& lane : lanes)
    frame.height += lane_gap + row_height * to_double(lane.rows);
  auto out = open_figure({timeline.title, timeline.description, 760, frame.bottom() + 46},
                         legend_of(timeline));
  double top = frame.top;
  for (const auto& lane : lanes) {
    const double height = row_height * to_double(lane.rows);
    auto to = std::back_inserter(out);
    fmt::format_to(to,
                   "<rect class=\"lane\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                   "height=\"{:.1f}\" rx=\"4\"/>\n",
                   frame.left, top, frame.width + 40, height);
    fmt::format_to(to,
                   "<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                   frame.left - 12, top + 0.5 * height + 4, escape_html(lane.name));
    for (const auto& placed : lane.entries) {
      draw_entry(out, frame, *placed.entry, top + row_height * (to_double(placed.row) + 0.5));
    }
    top += height + lane_gap;
  }
  draw_x_axis(out, frame, timeline.x_label);
  return out + close_figure();
}

}  // namespace ars::model
