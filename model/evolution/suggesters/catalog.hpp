// The ways to choose the next point of a study, one line each. Every suggester is a pure function
// of the study and the random stream: the same log proposes the same points. Any thread.
#pragma once

#include "model/evolution/study.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace ars::model {

// REQUIRES: check_space passes and every trial's point lies in the space. The point does too.
using Suggest = Proposal (*)(const StudyState& study, Philox& random);

// Uniform over the space (over its logarithm on a log scale).
Proposal suggest_uniform(const StudyState& study, Philox& random);
// Tree-structured Parzen estimator: ten uniform points, then the best of 24 draws from the density
// of the good trials, by its ratio to the density of the rest (evolution reference, section 2.1).
// Multivariate: a component is a past trial in all dimensions at once.
Proposal suggest_tpe_multivariate(const StudyState& study, Philox& random);
// Independent: one mixture a parameter, each drawn and scored on its own.
Proposal suggest_tpe_independent(const StudyState& study, Philox& random);

struct Suggester {
  std::string_view name;
  Suggest suggest;
};

inline constexpr std::array suggesters = {
    Suggester{"uniform", suggest_uniform},
    Suggester{"tpe", suggest_tpe_multivariate},
    Suggester{"tpe_independent", suggest_tpe_independent},
};

// Empty for a name that no line has.
constexpr std::optional<Suggester> find_suggester(std::string_view name) {
  for (const auto& suggester : suggesters) {
    if (suggester.name == name) return suggester;
  }
  return std::nullopt;
}

}  // namespace ars::model
