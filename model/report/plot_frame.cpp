#include "model/report/plot_frame.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ars::model {
namespace {

constexpr double tick_width = 80;  // room for a tick's number

// Digits after the point that tell two ticks apart.
int tick_digits(double step) {
  return std::clamp(truncate<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 8);
}

std::string tick_text(double value, double step) {
  if (step >= 1) return format_compact(value);
  const auto digits = fmt::format("{:.{}f}", std::abs(value), tick_digits(step));
  return value < 0 ? "\u2212" + digits : digits;
}

}  // namespace

std::vector<double> round_ticks(double low, double high, int count) {
  ARS_CHECK(std::isfinite(low) && std::isfinite(high) && low <= high && count > 0,
            "ticks in [{}, {}]", low, high);
  if (low == high) return {low};
  const double rough = (high - low) / count;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double size = rough / power;
  const double step = (size < 1.5 ? 1 : size < 3 ? 2 : size < 7 ? 5 : 10) * power;
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  for (double i = first; i * step <= high + 1e-9 * step; i += 1)
    ticks.push_back(i * step + 0.0);
  return ticks;
}

void PlotRange::add(double value) {
  if (!std::isfinite(value)) return;
  low = any ? std::min(low, value) : value;
  high = any ? std::max(high, value) : value;
  any = true;
}

PlotRange PlotRange::padded(double air) const {
  PlotRange out = *this;
  const double length = high - low;
  const double pad = length > 0 ? air * length : std::max(std::abs(low) * 0.5, 1e-6);
  out.low -= pad;
  out.high += pad;
  return out;
}

std::string_view ink_class(Ink ink) {
  switch (ink) {
    case Ink::system:
      return "ink-system";
    case Ink::frozen:
      return "ink-frozen";
    case Ink::popularity:
      return "ink-popularity";
    case Ink::difference:
      return "ink-difference";
  }
  return {};
}

std::string_view mark_class(Mark mark) {
  switch (mark) {
    case Mark::promoted:
      return "mark-good";
    case Mark::rejected:
      return "mark-neutral";
    case Mark::rolled_back:
      return "mark-bad";
    case Mark::open:
      return "mark-open";
  }
  return {};
}

std::string_view mark_name(Mark mark) {
  switch (mark) {
    case Mark::promoted:
      return "promoted";
    case Mark::rejected:
      return "rejected";
    case Mark::rolled_back:
      return "rolled back";
    case Mark::open:
      return "open";
  }
  return {};
}

std::string open_figure(const FigureSpec& spec, const std::string& legend) {
  const auto title = escape_html(spec.title);
  return fmt::format(
      "<figure>\n<figcaption>{}</figcaption>\n{}"
      "<svg role=\"img\" viewBox=\"0 0 {} {}\" aria-label=\"{}\">\n<desc>{}</desc>\n",
      title, legend, spec.width, spec.height, title, escape_html(spec.description));
}

std::string close_figure() { return "</svg>\n</figure>\n"; }

void draw_x_axis(std::string& out, const PlotFrame& frame, std::string_view label) {
  const int count = std::max(2, truncate<int>(frame.width / tick_width));
  const auto ticks = round_ticks(frame.x_low, frame.x_high, count);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
  auto to = std::back_inserter(out);
  fmt::format_to(to,
                 "<line class=\"axis\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                 frame.left, frame.bottom(), frame.right(), frame.bottom());
  for (const double tick : ticks) {
    fmt::format_to(
        to,
        "<line class=\"axis\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>\n",
        frame.x(tick), frame.bottom(), frame.bottom() + 4, frame.bottom() + 17,
        tick_text(tick, step));
  }
  fmt::format_to(
      to, "<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
      frame.left + 0.5 * frame.width, frame.bottom() + 36, escape_html(label));
}

void draw_y_axis(std::string& out, const PlotFrame& frame, std::string_view label) {
  const auto ticks = round_ticks(frame.y_low, frame.y_high, 5);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
  auto to = std::back_inserter(out);
  for (const double tick : ticks) {
    fmt::format_to(
        to,
        "<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{2:.1f}\" y2=\"{1:.1f}\"/>"
        "<text class=\"tick\" x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        frame.left, frame.y(tick), frame.right(), frame.left - 8, frame.y(tick) + 4,
        tick_text(tick, step));
  }
  fmt::format_to(to,
                 "<text class=\"label\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\" "
                 "text-anchor=\"middle\">{}</text>\n",
                 14.0, frame.top + 0.5 * frame.height, escape_html(label));
}

void draw_mark(std::string& out, Mark mark, double x, double y) {
  auto to = std::back_inserter(out);
  const auto style = mark_class(mark);
  switch (mark) {
    case Mark::promoted:
      fmt::format_to(to, "<path class=\"{}\" d=\"M{:.1f} {:.1f}l5.5 9.5h-11z\"/>\n", style, x,
                     y - 6);
      break;
    case Mark::rejected:
      fmt::format_to(to, "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n", style, x,
                     y);
      break;
    case Mark::rolled_back:
      fmt::format_to(to, "<path class=\"{}\" d=\"M{:.1f} {:.1f}l9 9m0-9l-9 9\"/>\n", style, x - 4.5,
                     y - 4.5);
      break;
    case Mark::open:
      fmt::format_to(to, "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>\n", style, x,
                     y);
      break;
  }
}

}  // namespace ars::model
