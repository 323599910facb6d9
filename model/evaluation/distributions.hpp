// The few distributions that evaluation and search need: normal and Student's t, with logarithms
// that stay exact in the tails. Pure functions, any thread.
#pragma once

namespace ars::model {

double normal_pdf(double z);
double normal_cdf(double z);
// log Φ(z), exact far in the lower tail.
double log_normal_cdf(double z);
// log(Φ(b) − Φ(a)), computed on the tail with the smaller mass. REQUIRES: a < b.
double log_normal_mass(double a, double b);
// Φ⁻¹(p). REQUIRES: 0 < p < 1.
double normal_quantile(double p);
// The z in [a, b] with Φ(z) = Φ(a) + p (Φ(b) − Φ(a)), exact in both tails. REQUIRES: a < b, 0 <= p
// <= 1.
double truncated_normal_quantile(double p, double a, double b);

// Regularised incomplete beta function I_x(a, b). REQUIRES: a, b > 0, 0 <= x <= 1.
double incomplete_beta(double a, double b, double x);
// P(T <= t) with df degrees of freedom. REQUIRES: df > 0.
double student_t_cdf(double t, double df);
// REQUIRES: 0 < p < 1, df > 0.
double student_t_quantile(double p, double df);

}  // namespace ars::model
