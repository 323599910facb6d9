#include "model/report/plots.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

namespace {

using namespace ars::model;

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++out;
  return out;
}

LinePlot wave(std::size_t points) {
  LinePlot plot;
  plot.title = "wave";
  plot.x_label = "interactions";
  plot.y_label = "value";
  plot.series = {{"one", Ink::system, {}}};
  for (std::size_t i = 0; i < points; ++i) {
    const double x = static_cast<double>(i);
    plot.series[0].points.push_back({x, std::sin(x / 50)});
  }
  return plot;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_report_plots)

BOOST_AUTO_TEST_CASE(ticks_are_round_and_inside) {
  BOOST_TEST(round_ticks(0, 30'000, 7) ==
             (std::vector<double>{0, 5'000, 10'000, 15'000, 20'000, 25'000, 30'000}));
  BOOST_TEST(round_ticks(-0.3, 1.0, 5).size() >= 4u);
  BOOST_TEST(round_ticks(2, 2, 5) == (std::vector<double>{2}));
  for (const double low : {-1e6, -3.7, 0.0, 1e-7}) {
    for (const double length : {1e-6, 0.013, 9.0, 7e8}) {
      const auto ticks = round_ticks(low, low + length, 5);
      BOOST_TEST(ticks.size() >= 2u);
      BOOST_TEST(ticks.size() <= 8u);
      BOOST_TEST(ticks.front() >= low - 1e-6 * length);
      BOOST_TEST(ticks.back() <= low + length * (1 + 1e-6));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_line_plot_names_axes_series_and_marks) {
  auto plot = wave(100);
  plot.markers = {{40, "3", Mark::promoted, "3: recall added"},
                  {80, "4", Mark::rolled_back, "4: feature added"}};

  const auto svg = svg_lines(plot);

  BOOST_TEST(holds(svg, ">interactions</text>"));
  BOOST_TEST(holds(svg, ">value</text>"));
  BOOST_TEST(holds(svg, ">one</text>"));     // at the end of the line
  BOOST_TEST(holds(svg, "</svg>one</li>"));  // and in the legend
  BOOST_TEST(holds(svg, "<title>3: recall added</title>"));
  BOOST_TEST(holds(svg, "change rolled back"));
  BOOST_TEST(holds(svg, "role=\"img\""));
}

BOOST_AUTO_TEST_CASE(many_points_are_thinned_and_the_last_one_stays) {
  const auto svg = svg_lines(wave(100'000));

  BOOST_TEST(svg.size() < 30'000u);
  // The last point lies on the right edge of the frame (64 + 590).
  BOOST_TEST(holds(svg, "L654.0 "));
}

BOOST_AUTO_TEST_CASE(missing_values_leave_a_gap) {
  auto plot = wave(10);
  plot.series[0].points[5].y = std::numeric_limits<double>::quiet_NaN();

  const auto svg = svg_lines(plot);

  BOOST_TEST(!holds(svg, "nan"));
  const auto path = svg.substr(svg.find("<path class=\"series"));
  BOOST_TEST(count(path.substr(0, path.find("/>")), "M") == 2u);
}

BOOST_AUTO_TEST_CASE(flat_and_empty_data_are_drawn_or_said) {
  LinePlot flat = wave(0);
  flat.series[0].points = {{0, 3}, {1, 3}};
  BOOST_TEST(!holds(svg_lines(flat), "inf"));
  BOOST_TEST(holds(svg_lines(wave(0)), "Nothing to draw"));
  BOOST_TEST(holds(svg_bars({}), "Nothing to draw"));
  BOOST_TEST(holds(svg_timeline({}), "No change was proposed"));
}

BOOST_AUTO_TEST_CASE(an_early_wide_interval_does_not_flatten_the_rest) {
  auto plot = wave(0);
  plot.band = PlotBand{"interval", Ink::difference, {}};
  for (int i = 0; i < 100; ++i) {
    plot.series[0].points.push_back({i + 0.0, 0.01});
    const double half = i < 3 ? 1'000 : 0.005;
    plot.band->points.push_back({i + 0.0, 0.01 - half, 0.01 + half});
  }

  const auto svg = svg_lines(plot);

  BOOST_TEST(holds(svg, ">0.010</text>") != holds(svg, ">0.01</text>"));
  BOOST_TEST(!holds(svg, ">1k</text>"));
}

BOOST_AUTO_TEST_CASE(bars_show_value_interval_and_sign) {
  BarPlot plot{
      "credit",
      "",
      "reward per request",
      {{"ranking", 0.012, 0.010, 0.014, ""}, {"rerank", -0.001, -0.002, 0.001, "40 requests"}}};

  const auto svg = svg_bars(plot);

  BOOST_TEST(holds(svg, "+0.01200"));
  BOOST_TEST(holds(svg, "\u22120.00100"));
  BOOST_TEST(holds(svg, "40 requests"));
  BOOST_TEST(count(svg, "class=\"whisker\"") == 2u);
}

BOOST_AUTO_TEST_CASE(overlapping_changes_stand_in_different_rows) {
  Timeline timeline;
  timeline.x_max = 100;
  timeline.entries = {{"autotrain", 10, 60, "1", Mark::promoted, "one"},
                      {"autotrain", 20, 70, "2", Mark::rejected, "two"},
                      {"autoperf", 90, 90, "3", Mark::rolled_back, "three"}};

  const auto svg = svg_timeline(timeline);

  BOOST_TEST(count(svg, "class=\"lane\"") == 2u);
  BOOST_TEST(holds(svg, "height=\"40.0\""));  // two rows
  BOOST_TEST(holds(svg, "<title>three</title>"));
}

BOOST_AUTO_TEST_SUITE_END()
