#include "model/training/anomaly.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ars::model {

namespace {

constexpr std::size_t window = 32;           // steps whose median norm is the usual norm
constexpr double explosion_ratio = 1000;     // against the usual norm
constexpr double explosion_norm = 1e4;       // at any time; a mean loss of rows never needs it
constexpr std::uint64_t explosions_max = 3;  // in a row
constexpr double loss_ratio = 50;            // against the first loss, at least ln 2
constexpr double dead_norm = 1e-12;
constexpr std::uint64_t dead_steps_max = 20;
constexpr double remedy_rate = 0.3;
constexpr double first_clip = 1;

}  // namespace

std::string_view to_string(Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::loss_not_finite:
      return "loss_not_finite";
    case Anomaly::gradient_explodes:
      return "gradient_explodes";
    case Anomaly::gradient_dead:
      return "gradient_dead";
  }
  return "unknown";
}

std::optional<Anomaly> AnomalyDetector::observe(double loss, double gradient_norm) {
  if (!std::isfinite(loss) || !std::isfinite(gradient_norm)) return Anomaly::loss_not_finite;
  if (steps_ == 0) first_loss_ = std::max(loss, 0.7);
  if (loss > loss_ratio * first_loss_) return Anomaly::gradient_explodes;
  double usual = 0;
  if (recent_.size() == window) {
    auto sorted = recent_;
    std::nth_element(sorted.begin(), sorted.begin() + window / 2, sorted.end());
    usual = sorted[window / 2];
  }
  const bool exploded = gradient_norm > explosion_norm ||
                        (usual > 0 && gradient_norm > explosion_ratio * usual && gradient_norm > 1);
  exploded_steps_ = exploded ? exploded_steps_ + 1 : 0;
  if (exploded_steps_ >= explosions_max) return Anomaly::gradient_explodes;
  dead_steps_ = gradient_norm < dead_norm ? dead_steps_ + 1 : 0;
  if (dead_steps_ >= dead_steps_max) return Anomaly::gradient_dead;
  if (recent_.size() < window) {
    recent_.push_back(gradient_norm);
  } else {
    recent_[steps_ % window] = gradient_norm;
  }
  ++steps_;
  return std::nullopt;
}

Remedy next_remedy(const Remedy& current, Anomaly anomaly) {
  Remedy next = current;
  next.rate_factor *= remedy_rate;
  if (anomaly == Anomaly::gradient_dead) {
    ++next.init_attempt;
  } else {
    next.clip_norm = current.clip_norm == 0 ? first_clip : current.clip_norm * remedy_rate;
  }
  return next;
}

TrainRemedy describe(Anomaly anomaly, const Remedy& remedy, double learning_rate) {
  auto text = fmt::format("start again at {:g} of the learning rate", remedy.rate_factor);
  if (remedy.clip_norm > 0) text += fmt::format(", gradients clipped at {:g}", remedy.clip_norm);
  if (remedy.init_attempt > 0) text += ", from other initial values";
  return {std::string(to_string(anomaly)), std::move(text), learning_rate};
}

}  // namespace ars::model
