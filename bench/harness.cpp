#include "bench/harness.hpp"

#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::bench {
namespace {

std::vector<const Subject*> chosen(std::string_view wanted, std::span<const Subject> from) {
  std::vector<const Subject*> out;
  for (const auto& subject : from) {
    if (wanted == "all" || wanted == subject.group || wanted == subject.name) {
      out.push_back(&subject);
    }
  }
  return out;
}

// A scratch directory of this run, gone at its end.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    std::filesystem::create_directories(path_, ignored);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  std::filesystem::path path_;
};

}  // namespace

void judge(Row& row, Better better, const Target& target) {
  if (row.ours.has_value() && row.anchor_value.has_value()) {
    ARS_CHECK(*row.ours > 0 && *row.anchor_value > 0, "{}: a figure of nothing", row.name);
    row.ratio =
        better == Better::more ? *row.ours / *row.anchor_value : *row.anchor_value / *row.ours;
  }
  if (target.judged == Judged::ratio_at_least && row.ratio.has_value()) {
    row.kept = *row.ratio >= target.bound;
  } else if (target.judged == Judged::value_at_most && row.ours.has_value()) {
    row.kept = *row.ours <= target.bound;
  }
}

bool Report::missed() const {
  return std::any_of(rows.begin(), rows.end(),
                     [](const Row& row) { return row.kept.has_value() && !*row.kept; });
}

Result<Report> run_bench(const Setting& setting, std::string_view wanted) {
  return run_bench(setting, wanted, subjects);
}

Result<Report> run_bench(const Setting& setting, std::string_view wanted,
                         std::span<const Subject> from) {
  const auto list = chosen(wanted, from);
  if (list.empty()) {
    return fail(Errc::invalid,
                fmt::format("no figure or group is named {}: use log, kafka, actors, request, all, "
                            "or the name of a row",
                            wanted));
  }
  const Scratch scratch(setting.scratch);
  Report report;
  ARS_TRY(report.machine, describe_machine(setting.scratch, setting.seconds / 2));
  Workshop workshop(setting, report.machine);
  for (const auto* subject : list) {
    ARS_TRY(check_interrupt(setting));
    setting.say(fmt::format("{}: {}", subject->name, subject->says));
    Row row;
    auto measured = subject->measure(workshop);
    if (measured.has_value()) {
      row = std::move(measured).value();
    } else {
      const auto& error = measured.error();
      const bool asked_broker = subject->group == "kafka" && !setting.brokers.empty();
      if (error.code == Errc::stopping || asked_broker) return outcome::failure(error);
      row.limited_by = error.context;
      // A part that is not here is no failure; whatever else ends a measurement is one.
      if (error.code != Errc::unsupported && !report.failure.has_value()) {
        report.failure = within(subject->name, error);
      }
    }
    row.name = subject->name;
    row.unit = subject->unit;
    row.anchor = subject->anchor;
    judge(row, subject->better, subject->target);
    report.rows.push_back(std::move(row));
  }
  return report;
}

double median(std::vector<double> values) {
  ARS_CHECK(!values.empty(), "the median of nothing");
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Result<std::vector<double>> interleave(const Setting& setting, std::size_t rounds,
                                       const std::vector<Side>& sides) {
  ARS_CHECK(!sides.empty() && rounds % 2 == 1, "{} rounds of {} sides", rounds, sides.size());
  std::vector<std::vector<double>> taken(sides.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < sides.size(); ++i) {
      const auto side = (round + i) % sides.size();
      ARS_TRY(check_interrupt(setting));
      ARS_TRY(const double figure, sides[side]());
      taken[side].push_back(figure);
    }
  }
  std::vector<double> out;
  for (auto& each : taken)
    out.push_back(median(std::move(each)));
  return out;
}

Result<void> check_interrupt(const Setting& setting) {
  if (setting.interrupted && setting.interrupted()) return fail(Errc::stopping, "interrupted");
  return success();
}

}  // namespace ars::bench
