#include "model/evolution/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace ars::model {
namespace {

constexpr std::uint64_t suggestion_purpose = 0x73756767;  // "sugg"

Result<void> check_numeric(const Parameter& p) {
  if (!std::isfinite(p.low) || !std::isfinite(p.high) || !(p.low < p.high)) {
    return fail(Errc::invalid,
                fmt::format("{}: bounds [{}, {}] are not an interval", p.name, p.low, p.high));
  }
  // A log scale integrates half a step below its lowest value.
  if (p.scale == Scale::log && !(p.low - 0.5 * step_of(p) > 0)) {
    return fail(Errc::invalid, fmt::format("{}: a log scale must stay above 0", p.name));
  }
  if (p.kind == ParameterKind::whole &&
      (p.low != std::floor(p.low) || p.high != std::floor(p.high) ||
       p.step != std::floor(p.step))) {
    return fail(Errc::invalid, fmt::format("{}: bounds and step must be whole", p.name));
  }
  if (p.step < 0 || p.low + step_of(p) > p.high) {
    return fail(Errc::invalid, fmt::format("{}: step {} leaves no second value", p.name, p.step));
  }
  return success();
}

}  // namespace

Result<void> check_space(const Space& space) {
  if (space.parameters.empty()) return fail(Errc::invalid, "a space needs a parameter");
  std::set<std::string> names;
  for (const auto& p : space.parameters) {
    if (p.name.empty() || !names.insert(p.name).second) {
      return fail(Errc::invalid, fmt::format("parameter name '{}' is empty or taken", p.name));
    }
    if (p.kind != ParameterKind::categorical) {
      ARS_TRY(check_numeric(p));
    } else if (p.choices.size() < 2) {
      return fail(Errc::invalid, fmt::format("{}: fewer than two choices", p.name));
    }
  }
  return success();
}

Result<void> check_point(const Space& space, const Point& point) {
  if (point.size() != space.parameters.size()) {
    return fail(Errc::invalid,
                fmt::format("{} values for {} parameters", point.size(), space.parameters.size()));
  }
  for (std::size_t i = 0; i < point.size(); ++i) {
    const auto& p = space.parameters[i];
    if (!std::isfinite(point[i]) || snap(p, point[i]) != point[i]) {
      return fail(Errc::invalid, fmt::format("{}: {} is not in the space", p.name, point[i]));
    }
  }
  return success();
}

std::string describe(const Space& space) {
  std::string out;
  for (const auto& p : space.parameters) {
    if (!out.empty()) out += "; ";
    if (p.kind == ParameterKind::categorical) {
      out += fmt::format("{} in {{{}}}", p.name, fmt::join(p.choices, ", "));
      continue;
    }
    out += fmt::format("{} {} in [{}, {}]", p.name,
                       p.kind == ParameterKind::whole ? "whole" : "real", p.low, p.high);
    if (p.step > 0) out += fmt::format(" step {}", p.step);
    if (p.scale == Scale::log) out += " log";
  }
  return out;
}

double step_of(const Parameter& parameter) {
  if (parameter.kind == ParameterKind::categorical) return 1;
  if (parameter.step > 0) return parameter.step;
  return parameter.kind == ParameterKind::whole ? 1 : 0;
}

double snap(const Parameter& p, double value) {
  const bool categorical = p.kind == ParameterKind::categorical;
  const double low = categorical ? 0 : p.low;
  const double high = categorical ? static_cast<double>(p.choices.size()) - 1 : p.high;
  const double step = step_of(p);
  if (step == 0) return std::clamp(value, low, high);
  const double last = std::floor((high - low) / step);
  const double at = std::clamp(std::round((value - low) / step), 0.0, last);
  return low + step * at;
}

Philox suggestion_stream(std::uint64_t study, std::uint64_t trial) {
  return {mix_key(study, suggestion_purpose), trial};
}

}  // namespace ars::model
