#include "model/evaluation/distributions.hpp"

#include "events/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ars::model {
namespace {

constexpr double sqrt_2 = std::numbers::sqrt2;
const double log_sqrt_2pi = 0.5 * std::log(2.0 * std::numbers::pi);

// Φ⁻¹ from log Φ, by Newton on log Φ from a start in the right tail. REQUIRES: log_p <= log 0.5.
double lower_quantile(double log_p) {
  // For small p: z ≈ −sqrt(−2 log p − log(−2 log p) − log 2π), else a rational start is not needed
  // because Newton on the concave log Φ converges from any point left of the solution.
  const double t = -2.0 * log_p;
  double z = t > 4.0 ? -std::sqrt(std::max(t - std::log(t) - 2.0 * log_sqrt_2pi, 0.0)) : -1.0;
  for (int i = 0; i < 60; ++i) {
    const double value = log_normal_cdf(z);
    const double slope = std::exp(-0.5 * z * z - log_sqrt_2pi - value);
    const double step = (value - log_p) / slope;
    z -= step;
    if (std::abs(step) < 1e-14 * (1.0 + std::abs(z))) break;
  }
  return z;
}

// Continued fraction of the incomplete beta function (modified Lentz).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  double c = 1.0;
  double d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (std::abs(d) < tiny ? tiny : d);
  double h = d;
  for (int m = 1; m <= 500; ++m) {
    const double m2 = 2.0 * m;
    const double even = m * (b - m) * x / ((a + m2 - 1.0) * (a + m2));
    const double odd = -(a + m) * (a + b + m) * x / ((a + m2) * (a + m2 + 1.0));
    double delta = 1.0;
    for (const double term : {even, odd}) {
      d = 1.0 + term * d;
      d = 1.0 / (std::abs(d) < tiny ? tiny : d);
      c = 1.0 + term / c;
      c = std::abs(c) < tiny ? tiny : c;
      delta = d * c;
      h *= delta;
    }
    if (std::abs(delta - 1.0) < 1e-16) break;
  }
  return h;
}

// log(exp(a) − exp(b)). REQUIRES: a >= b.
double log_minus(double a, double b) { return a + std::log1p(-std::exp(b - a)); }

// log(exp(a) + exp(b)).
double log_plus(double a, double b) {
  const double high = std::max(a, b);
  if (std::isinf(high)) return high;
  return high + std::log1p(std::exp(std::min(a, b) - high));
}

}  // namespace

double normal_pdf(double z) { return std::exp(-0.5 * z * z - log_sqrt_2pi); }

double normal_cdf(double z) { return 0.5 * std::erfc(-z / sqrt_2); }

double log_normal_cdf(double z) {
  if (z > 6.0) return std::log1p(-0.5 * std::erfc(z / sqrt_2));
  if (z > -30.0) return std::log(normal_cdf(z));
  // Asymptotic series of the Mills ratio.
  const double q = 1.0 / (z * z);
  const double series = 1.0 - q * (1.0 - 3.0 * q * (1.0 - 5.0 * q * (1.0 - 7.0 * q)));
  return -0.5 * z * z - log_sqrt_2pi - std::log(-z) + std::log(series);
}

double log_normal_mass(double a, double b) {
  ARS_CHECK(a < b, "an interval [{}, {}] has no mass", a, b);
  if (a > 0.0) return log_normal_mass(-b, -a);
  if (b <= 0.0) return log_minus(log_normal_cdf(b), log_normal_cdf(a));
  return std::log1p(-normal_cdf(a) - normal_cdf(-b));
}

double normal_quantile(double p) {
  ARS_CHECK(p > 0.0 && p < 1.0, "no normal quantile of {}", p);
  return p <= 0.5 ? lower_quantile(std::log(p)) : -lower_quantile(std::log1p(-p));
}

double truncated_normal_quantile(double p, double a, double b) {
  if (a > 0.0) return -truncated_normal_quantile(1.0 - p, -b, -a);
  const double log_mass = log_normal_mass(a, b);
  const double from = log_plus(log_normal_cdf(a), std::log(p) + log_mass);
  const double log_half = -std::numbers::ln2;
  double z = 0;
  if (from <= log_half) {
    z = lower_quantile(from);
  } else {
    // The same point seen from above, where the mass is small.
    const double upper = log_plus(log_normal_cdf(-b), std::log1p(-p) + log_mass);
    z = std::isinf(upper) ? std::numeric_limits<double>::infinity()
                          : -lower_quantile(std::min(upper, log_half));
  }
  return std::clamp(z, a, b);
}

double incomplete_beta(double a, double b, double x) {
  ARS_CHECK(a > 0.0 && b > 0.0 && x >= 0.0 && x <= 1.0, "I_{}({}, {}) is undefined", x, a, b);
  if (x == 0.0 || x == 1.0) return x;
  const double log_front =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  if (x < (a + 1.0) / (a + b + 2.0)) return std::exp(log_front) * beta_fraction(a, b, x) / a;
  return 1.0 - std::exp(log_front) * beta_fraction(b, a, 1.0 - x) / b;
}

double student_t_cdf(double t, double df) {
  const double tail = 0.5 * incomplete_beta(0.5 * df, 0.5, df / (df + t * t));
  return t > 0.0 ? 1.0 - tail : tail;
}

double student_t_quantile(double p, double df) {
  ARS_CHECK(p > 0.0 && p < 1.0 && df > 0.0, "no t quantile of {} at {}", p, df);
  if (p == 0.5) return 0.0;
  if (p < 0.5) return -student_t_quantile(1.0 - p, df);
  double high = 1.0;
  while (student_t_cdf(high, df) < p && high < 1e150)
    high *= 2.0;
  double low = 0.0;
  for (int i = 0; i < 200 && high - low > 1e-13 * (1.0 + high); ++i) {
    const double middle = 0.5 * (low + high);
    (student_t_cdf(middle, df) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace ars::model
