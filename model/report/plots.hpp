// Plots as inline SVG: no script, no outside asset, colours from the page's variables so that they
// follow light and dark; every series differs by dash and label too, not by colour alone. Pure
// functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ars::model {

// Which of the page's colours and dashes a series has.
enum class Ink : std::uint8_t { system, frozen, popularity, difference };
enum class Mark : std::uint8_t { promoted, rejected, rolled_back, open };

struct PlotPoint {
  double x = 0;
  double y = 0;
};

struct PlotSeries {
  std::string name;
  Ink ink = Ink::system;
  std::vector<PlotPoint> points;  // x ascending
};

struct BandPoint {
  double x = 0;
  double low = 0;
  double high = 0;
};

struct PlotBand {
  std::string name;
  Ink ink = Ink::difference;
  std::vector<BandPoint> points;  // x ascending
};

// A vertical line at a moment, with a short label ("3").
struct PlotMarker {
  double x = 0;
  std::string label;
  Mark mark = Mark::promoted;
  std::string description;
};

struct LinePlot {
  std::string title;
  std::string description;  // for those who do not see it
  std::string x_label;
  std::string y_label;
  std::vector<PlotSeries> series;
  std::optional<PlotBand> band;
  std::vector<PlotMarker> markers;
  bool zero_line = false;  // zero is in the picture and drawn
};
// A figure with legend; empty plots say so.
std::string svg_lines(const LinePlot& plot);

struct Bar {
  std::string name;
  double value = 0;
  double low = 0;  // interval
  double high = 0;
  std::string note;
};

struct BarPlot {
  std::string title;
  std::string description;
  std::string x_label;
  std::vector<Bar> bars;  // drawn in this order
};
std::string svg_bars(const BarPlot& plot);

// What happened to one change, on a lane of its proposer.
struct TimelineEntry {
  std::string lane;
  double begin = 0;
  double end = 0;
  std::string label;
  Mark mark = Mark::open;
  std::string description;
};

struct Timeline {
  std::string title;
  std::string description;
  std::string x_label;
  double x_max = 0;
  std::vector<TimelineEntry> entries;
};
std::string svg_timeline(const Timeline& timeline);

// Round positions that cover [low, high], about `count` of them. REQUIRES: low <= high, finite.
std::vector<double> round_ticks(double low, double high, int count);

}  // namespace ars::model
