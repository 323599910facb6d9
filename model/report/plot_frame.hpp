// The parts that all plots share: scales, ticks, axes, marks. Values and pure functions over a
// growing text; one thread a plot.
#pragma once

#include "model/report/plots.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

// Maps data to the drawing. REQUIRES: x_low < x_high, y_low < y_high.
struct PlotFrame {
  double left = 0, top = 0, width = 0, height = 0;  // of the area with the data
  double x_low = 0, x_high = 1;
  double y_low = 0, y_high = 1;
  double x(double value) const { return left + width * (value - x_low) / (x_high - x_low); }
  double y(double value) const {
    return top + height - height * (value - y_low) / (y_high - y_low);
  }
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

// A range as data gives it, made drawable: never empty, with some air.
struct PlotRange {
  double low = 0;
  double high = 0;
  bool any = false;
  void add(double value);
  // Widened by `air` of its length on both sides; a single value becomes a range around it.
  PlotRange padded(double air) const;
};

std::string_view ink_class(Ink ink);
std::string_view mark_class(Mark mark);
std::string_view mark_name(Mark mark);

// `<svg …>` with title and description for screen readers, in a figure with a caption and a legend.
struct FigureSpec {
  std::string title;
  std::string description;
  double width = 0;
  double height = 0;
};
std::string open_figure(const FigureSpec& spec, const std::string& legend);
std::string close_figure();

void draw_x_axis(std::string& out, const PlotFrame& frame, std::string_view label);
void draw_y_axis(std::string& out, const PlotFrame& frame, std::string_view label);
// The glyph of a verdict: triangle, circle, cross, dot.
void draw_mark(std::string& out, Mark mark, double x, double y);

}  // namespace ars::model
