#include "model/torch/optimizer.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"

#include <algorithm>
#include <cmath>

namespace ars::model {

namespace {

constexpr double adam_first = 0.9;
constexpr double adam_second = 0.999;
constexpr double epsilon = 1e-8;

// Adam's step for values[i] with its moments (Kingma and Ba 2015), decay decoupled.
void adam(std::span<float> values, const float* gradient, float* first, float* second,
          std::uint64_t steps, const StepSize& step) {
  const double first_left = 1 - std::pow(adam_first, to_double(steps));
  const double second_left = 1 - std::pow(adam_second, to_double(steps));
  const auto rate = static_cast<float>(step.rate / first_left);
  const auto root = static_cast<float>(1 / std::sqrt(second_left));
  const auto shrink = static_cast<float>(1 - step.rate * step.decay);
  const auto scale = static_cast<float>(step.gradient_scale);
  constexpr auto b1 = static_cast<float>(adam_first);
  constexpr auto b2 = static_cast<float>(adam_second);
  constexpr auto tiny = static_cast<float>(epsilon);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float g = gradient[i] * scale;
    first[i] = b1 * first[i] + (1 - b1) * g;
    second[i] = b2 * second[i] + (1 - b2) * g * g;
    values[i] = values[i] * shrink - rate * first[i] / (std::sqrt(second[i]) * root + tiny);
  }
}

void scaled_step(std::span<float> values, const float* gradient, double rate,
                 const StepSize& step) {
  const auto by = static_cast<float>(rate * step.gradient_scale);
  const auto shrink = static_cast<float>(1 - step.rate * step.decay);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = values[i] * shrink - by * gradient[i];
}

}  // namespace

Method method_of(const std::string& name) {
  if (name == "adam") return Method::adam;
  if (name == "adagrad") return Method::adagrad;
  ARS_CHECK(name == "sgd", "no optimizer '{}'", name);
  return Method::sgd;
}

DenseOptimizer::DenseOptimizer(Method method, std::size_t size)
    : method_(method),
      first_(method == Method::adam ? size : 0, 0.0F),
      second_(method == Method::sgd ? 0 : size, 0.0F) {}

void DenseOptimizer::update(std::span<float> values, std::span<const float> gradient,
                            const StepSize& step) {
  ++steps_;
  if (method_ == Method::adam) {
    adam(values, gradient.data(), first_.data(), second_.data(), steps_, step);
    return;
  }
  if (method_ == Method::sgd) {
    scaled_step(values, gradient.data(), step.rate, step);
    return;
  }
  const auto shrink = static_cast<float>(1 - step.rate * step.decay);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto g = static_cast<float>(step.gradient_scale) * gradient[i];
    second_[i] += g * g;
    values[i] =
        values[i] * shrink - static_cast<float>(step.rate) * g / (std::sqrt(second_[i]) + 1e-8F);
  }
}

RowOptimizer::RowOptimizer(Method method, std::uint32_t dim) : method_(method), dim_(dim) {}

void RowOptimizer::add(std::uint32_t slot, const float* gradient) {
  if (slot == 0) return;
  if (slot >= place_.size()) place_.resize(std::size_t{slot} + slot / 2 + 1, 0);
  if (place_[slot] == 0) {
    touched_.push_back(slot);
    place_[slot] = narrow<std::uint32_t>(touched_.size());
    sums_.insert(sums_.end(), gradient, gradient + dim_);
    return;
  }
  float* sum = sums_.data() + std::size_t{place_[slot] - 1} * dim_;
  for (std::uint32_t d = 0; d < dim_; ++d)
    sum[d] += gradient[d];
}

double RowOptimizer::squared_norm() const {
  double out = 0;
  for (const float value : sums_)
    out += double{value} * double{value};
  return out;
}

void RowOptimizer::update_row(float* row, const float* gradient, std::uint32_t slot,
                              const StepSize& step) {
  const std::span values(row, dim_);
  const auto first_value = std::size_t{slot} * dim_;
  switch (method_) {
    case Method::adam:
      adam(values, gradient, first_.data() + first_value, second_.data() + first_value,
           ++steps_[slot], step);
      return;
    case Method::adagrad: {
      // One accumulator a row: the mean of the squared gradients.
      double sum = 0;
      for (std::uint32_t d = 0; d < dim_; ++d)
        sum += double{gradient[d]} * double{gradient[d]};
      sum *= step.gradient_scale * step.gradient_scale / to_double(dim_);
      second_[slot] += static_cast<float>(sum);
      scaled_step(values, gradient, step.rate / (std::sqrt(double{second_[slot]}) + epsilon), step);
      return;
    }
    case Method::sgd:
      scaled_step(values, gradient, step.rate, step);
      return;
  }
}

void RowOptimizer::update(EmbeddingTable& table, const StepSize& step) {
  const std::size_t rows = table.rows();
  if (method_ == Method::adam) {
    first_.resize(rows * dim_, 0.0F);
    second_.resize(rows * dim_, 0.0F);
    steps_.resize(rows, 0);
  } else if (method_ == Method::adagrad) {
    second_.resize(rows, 0.0F);
  }
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    update_row(table.row(touched_[i]), sums_.data() + i * dim_, touched_[i], step);
    place_[touched_[i]] = 0;
  }
  touched_.clear();
  sums_.clear();
}

}  // namespace ars::model
