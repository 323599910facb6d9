// What a measurement gives, how two sides are measured fairly, and `ars bench` as a function: runs
// the chosen subjects one after the other and judges what was taken. Owned by the command; its
// thread alone calls.
#pragma once

#include "bench/machine.hpp"
#include "events/base/result.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ars::bench {

struct Setting {
  std::string brokers;            // empty: start one where there is none
  double seconds = 1;             // of one run of one side, about
  std::filesystem::path scratch;  // logs and brokers go below it; made, and emptied at the end
  std::filesystem::path program;  // this binary, for what runs as a child
  std::function<void(const std::string&)> say;  // progress
  std::function<bool()> interrupted;
};

// A figure beside the row's own: what it was taken at, or what explains it.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
};

// One line of the table.
struct Row {
  std::string name;
  std::optional<double> ours;
  std::string anchor;  // its name; empty: there is none
  std::optional<double> anchor_value;
  std::string unit;
  std::string limited_by;  // one sentence
  std::string mix;         // of events or requests, where there is one
  std::vector<Figure> figures;
  std::optional<double> ratio;  // higher is better
  std::optional<bool> kept;     // the target; empty: there is none, or nothing was taken
};

enum class Better : std::uint8_t { more, less };
enum class Judged : std::uint8_t { nothing, ratio_at_least, value_at_most };

// What the project asks of a figure.
struct Target {
  Judged judged = Judged::nothing;
  double bound = 0;
};

// Fills ratio and kept. REQUIRES: ours > 0 where there is an anchor's figure.
void judge(Row& row, Better better, const Target& target);

struct Report {
  Machine machine;
  std::vector<Row> rows;
  // What went wrong with a subject that should have worked; its row says so.
  std::optional<Error> failure;
  bool missed() const;
};

// `wanted`: all, a group (log, kafka, actors, request) or a row's name. Errc::invalid: none of
// these; stopping: interrupted; unavailable: the scratch directory cannot be written, or the
// brokers named do not answer.
Result<Report> run_bench(const Setting& setting, std::string_view wanted);
// The same of other subjects than the catalogue's.
struct Subject;
Result<Report> run_bench(const Setting& setting, std::string_view wanted,
                         std::span<const Subject> from);

// One run of one side: its figure.
using Side = std::function<Result<double>()>;
// Runs every side once a round, a round beginning one side later than the one before; medians, in
// the order of the sides. REQUIRES: a side, an odd number of rounds.
Result<std::vector<double>> interleave(const Setting& setting, std::size_t rounds,
                                       const std::vector<Side>& sides);
double median(std::vector<double> values);

// Errc::stopping once somebody asked for the end.
Result<void> check_interrupt(const Setting& setting);

}  // namespace ars::bench
