#include "model/report/plots.hpp"

#include "events/base/narrow.hpp"
#include "model/report/plot_frame.hpp"
#include "model/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ars::model {
namespace {

constexpr double figure_width = 760;
constexpr std::size_t drawn_points_max = 600;
constexpr double label_height = 14;

// Every k-th element and the last one: more points than pixels say nothing.
template <class T>
std::vector<T> thinned(const std::vector<T>& points) {
  const auto stride = (points.size() + drawn_points_max - 1) / drawn_points_max;
  if (stride <= 1) return points;
  std::vector<T> out;
  for (std::size_t i = 0; i < points.size(); i += stride)
    out.push_back(points[i]);
  if ((points.size() - 1) % stride != 0) out.push_back(points.back());
  return out;
}

std::string legend_entry(Ink ink, std::string_view shape, const std::string& name) {
  return fmt::format(
      "<li><svg class=\"key\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">{}</svg>{}</li>",
      fmt::format(fmt::runtime(shape), ink_class(ink)), escape_html(name));
}

std::string legend_of(const LinePlot& plot) {
  std::string out = "<ul class=\"legend\">";
  for (const auto& series : plot.series) {
    out +=
        legend_entry(series.ink, "<line class=\"series {}\" x1=\"1\" y1=\"6\" x2=\"25\" y2=\"6\"/>",
                     series.name);
  }
  if (plot.band) {
    out += legend_entry(plot.band->ink,
                        "<rect class=\"band {}\" x=\"1\" y=\"1\" width=\"24\" height=\"10\"/>",
                        plot.band->name);
  }
  for (const auto mark : {Mark::promoted, Mark::rolled_back}) {
    const bool used = std::any_of(plot.markers.begin(), plot.markers.end(),
                                  [&](const auto& marker) { return marker.mark == mark; });
    if (!used) continue;
    std::string glyph;
    draw_mark(glyph, mark, 13, 6);
    out += fmt::format(
        "<li><svg class=\"key\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">{}</svg>change {}</li>",
        glyph, mark_name(mark));
  }
  return out + "</ul>\n";
}

PlotFrame frame_of(const LinePlot& plot) {
  PlotRange x, y;
  x.add(0);
  for (const auto& series : plot.series) {
    for (const auto& point : series.points) {
      x.add(point.x);
      y.add(point.y);
    }
  }
  if (plot.band) {
    // The first intervals are as wide as they are few; they are cut at the frame, so that the rest
    // can be read.
    const auto& points = plot.band->points;
    for (std::size_t i = 0; i < points.size(); ++i) {
      x.add(points[i].x);
      if (10 * i < points.size() && points.size() > 10) continue;
      y.add(points[i].low);
      y.add(points[i].high);
    }
  }
  for (const auto& marker : plot.markers)
    x.add(marker.x);
  if (plot.zero_line) y.add(0);
  const auto width = x.padded(0.0), height = y.padded(0.07);
  return {64, 30, 590, 210, width.low, width.high, height.low, height.high};
}

void draw_band(std::string& out, const PlotFrame& frame, const PlotBand& band) {
  const auto points = thinned(band.points);
  if (points.empty()) return;
  auto to = std::back_inserter(out);
  // A view of its own cuts what leaves the frame.
  fmt::format_to(
      to, "<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" viewBox=\"{0} {1} {2} {3}\">",
      frame.left, frame.top, frame.width, frame.height);
  fmt::format_to(to, "<path class=\"band {}\" d=\"", ink_class(band.ink));
  for (std::size_t i = 0; i < points.size(); ++i) {
    fmt::format_to(to, "{}{:.1f} {:.1f}", i == 0 ? 'M' : 'L', frame.x(points[i].x),
                   frame.y(points[i].high));
  }
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    fmt::format_to(to, "L{:.1f} {:.1f}", frame.x(point->x), frame.y(point->low));
  }
  out += "z\"/></svg>\n";
}

void draw_series(std::string& out, const PlotFrame& frame, const PlotSeries& series) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "<path class=\"series {}\" d=\"", ink_class(series.ink));
  bool drawing = false;
  for (const auto& point : thinned(series.points)) {
    if (!std::isfinite(point.y)) {
      drawing = false;  // a gap stays a gap
      continue;
    }
    fmt::format_to(to, "{}{:.1f} {:.1f}", drawing ? 'L' : 'M', frame.x(point.x), frame.y(point.y));
    drawing = true;
  }
  out += "\"/>\n";
}

// Names at the ends of the lines, pushed apart where they would overlap.
void draw_end_labels(std::string& out, const PlotFrame& frame,
                     const std::vector<PlotSeries>& series) {
  struct Label {
    double y;
    const PlotSeries* series;
  };
  std::vector<Label> labels;
  for (const auto& each : series) {
    const auto last = std::find_if(each.points.rbegin(), each.points.rend(),
                                   [](const auto& point) { return std::isfinite(point.y); });
    if (last != each.points.rend()) labels.push_back({frame.y(last->y) + 4, &each});
  }
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return a.y < b.y; });
  for (std::size_t i = 1; i < labels.size(); ++i) {
    labels[i].y = std::max(labels[i].y, labels[i - 1].y + label_height);
  }
  for (const auto& label : labels) {
    fmt::format_to(
        std::back_inserter(out), "<text class=\"end {}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
        ink_class(label.series->ink), frame.right() + 8, label.y, escape_html(label.series->name));
  }
}

void draw_markers(std::string& out, const PlotFrame& frame, std::vector<PlotMarker> markers) {
  std::stable_sort(markers.begin(), markers.end(),
                   [](const auto& a, const auto& b) { return a.x < b.x; });
  double last_label = -1e9;
  for (const auto& marker : markers) {
    const double x = frame.x(marker.x);
    auto to = std::back_inserter(out);
    fmt::format_to(to,
                   "<g><title>{}</title><line class=\"moment {}\" x1=\"{:.1f}\" y1=\"{:.1f}\" "
                   "x2=\"{:.1f}\" y2=\"{:.1f}\"/>",
                   escape_html(marker.description), mark_class(marker.mark), x, frame.top - 4, x,
                   frame.bottom());
    draw_mark(out, marker.mark, x, frame.top - 10);
    // Labels that would overlap are left to the tooltip and the table.
    if (x - last_label >= 22) {
      fmt::format_to(to, "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", x + 7,
                     frame.top - 7, escape_html(marker.label));
      last_label = x;
    }
    out += "</g>\n";
  }
}

std::string empty_figure(const std::string& title) {
  return fmt::format(
      "<figure><figcaption>{}</figcaption><p class=\"empty\">Nothing to draw: this run "
      "has no values for it.</p></figure>\n",
      escape_html(title));
}

}  // namespace

std::string svg_lines(const LinePlot& plot) {
  const bool any = std::any_of(plot.series.begin(), plot.series.end(),
                               [](const auto& series) { return series.points.size() > 1; });
  if (!any) return empty_figure(plot.title);
  const auto frame = frame_of(plot);
  auto out = open_figure({plot.title, plot.description, figure_width, frame.bottom() + 46},
                         legend_of(plot));
  draw_y_axis(out, frame, plot.y_label);
  draw_x_axis(out, frame, plot.x_label);
  if (plot.band) draw_band(out, frame, *plot.band);
  if (plot.zero_line) {
    fmt::format_to(
        std::back_inserter(out),
        "<line class=\"zero\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
        frame.left, frame.y(0), frame.right(), frame.y(0));
  }
  draw_markers(out, frame, plot.markers);
  for (const auto& series : plot.series)
    draw_series(out, frame, series);
  draw_end_labels(out, frame, plot.series);
  return out + close_figure();
}

std::string svg_bars(const BarPlot& plot) {
  if (plot.bars.empty()) return empty_figure(plot.title);
  constexpr double row = 34;
  PlotRange x;
  x.add(0);
  for (const auto& bar : plot.bars) {
    x.add(bar.low);
    x.add(bar.high);
    x.add(bar.value);
  }
  const auto range = x.padded(0.05);
  const PlotFrame frame{190,       8,          390, row * to_double(plot.bars.size()),
                        range.low, range.high, 0,   1};
  auto out = open_figure({plot.title, plot.description, figure_width, frame.bottom() + 46}, "");
  auto to = std::back_inserter(out);
  for (std::size_t i = 0; i < plot.bars.size(); ++i) {
    const auto& bar = plot.bars[i];
    const double y = frame.top + row * (to_double(i) + 0.5);
    const double from = frame.x(std::min(0.0, bar.value)), end = frame.x(std::max(0.0, bar.value));
    fmt::format_to(to,
                   "<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                   frame.left - 12, y + 4, escape_html(bar.name));
    fmt::format_to(to,
                   "<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                   "height=\"16\" rx=\"2\"/>\n",
                   bar.value < 0 ? "ink-frozen" : "ink-system", from, y - 8,
                   std::max(end - from, 1.0));
    fmt::format_to(to,
                   "<path class=\"whisker\" d=\"M{0:.1f} {1:.1f}v10M{0:.1f} "
                   "{2:.1f}H{3:.1f}M{3:.1f} {1:.1f}v10\"/>\n",
                   frame.x(bar.low), y - 5, y, frame.x(bar.high));
    fmt::format_to(to, "<text class=\"value\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                   frame.right() + 12, y - (bar.note.empty() ? -4 : 2), format_signed(bar.value));
    if (!bar.note.empty()) {
      fmt::format_to(to, "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                     frame.right() + 12, y + 11, escape_html(bar.note));
    }
  }
  fmt::format_to(
      to, "<line class=\"zero\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\"/>\n",
      frame.x(0), frame.top, frame.bottom());
  draw_x_axis(out, frame, plot.x_label);
  return out + close_figure();
}

}  // namespace ars::model
