// A study: one search over a typed, bounded decision space, as values. A suggester is a pure
// function of this state and a stream of random numbers named by (study, trial), so replaying the
// log proposes the same points. Owned by the agent that runs the study; any thread.
#pragma once

#include "events/base/prng.hpp"
#include "events/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

enum class ParameterKind : std::uint8_t { real, whole, categorical };
enum class Scale : std::uint8_t { linear, log };

struct Parameter {
  std::string name;
  ParameterKind kind = ParameterKind::real;
  double low = 0;  // bounds belong to the space; categorical: unused
  double high = 0;
  Scale scale = Scale::linear;
  double step = 0;  // distance of allowed values from low on; 0: any real, or every whole number
  std::vector<std::string> choices;  // categorical only; a point holds the number of the choice
};

struct Space {
  std::vector<Parameter> parameters;
};

// One value per parameter, in the space's order.
using Point = std::vector<double>;

enum class TrialStatus : std::uint8_t { running, completed, pruned, failed };

struct Trial {
  std::uint64_t number = 0;
  Point point;
  TrialStatus status = TrialStatus::running;
  double value = 0;             // to be minimised; finite when completed or pruned
  double violation = 0;         // Σ max(0, constraint); 0: feasible
  std::uint64_t last_step = 0;  // where a pruned trial stopped
};

struct StudyState {
  std::uint64_t id = 0;
  Space space;
  std::vector<Trial> trials;  // by number
};

struct Proposal {
  Point point;
  std::string reason;  // how the point came about, in words
};

// Errc::invalid: no parameter, a name twice, bounds that are not finite or not ordered, a log scale
// that reaches 0, whole bounds that are not whole, a step that is negative or leaves no second
// value, fewer than two choices.
Result<void> check_space(const Space& space);
// Errc::invalid: a value is missing, outside its bounds or not on its steps.
Result<void> check_point(const Space& space, const Point& point);
// The space in one line, for people and for StudyStarted.
std::string describe(const Space& space);

// The step between allowed values; 0: continuous.
double step_of(const Parameter& parameter);
// The allowed value that lies next to `value`.
double snap(const Parameter& parameter, double value);

// The stream of one suggestion.
Philox suggestion_stream(std::uint64_t study, std::uint64_t trial);

}  // namespace ars::model
