#include "model/credit/difference.hpp"

#include "events/base/narrow.hpp"
#include "model/evaluation/distributions.hpp"

#include <cmath>
#include <map>

namespace ars::model {

Credit credit_from(const ArmSums& differences) {
  Credit out;
  out.requests = differences.requests;
  out.users = differences.clusters;
  out.estimate = out.low = out.high = differences.mean();
  if (differences.clusters < 2) return out;
  out.standard_error = std::sqrt(differences.variance_of_mean());
  const double half =
      student_t_quantile(0.975, to_double(differences.clusters) - 1) * out.standard_error;
  out.low = out.estimate - half;
  out.high = out.estimate + half;
  return out;
}

Credit difference_credit(std::span<const RequestPair> pairs) {
  std::map<std::uint64_t, ClusterTotal> users;
  for (const auto& pair : pairs) {
    auto& total = users[pair.user];
    ++total.requests;
    total.reward += pair.with_agent - pair.without_agent;
  }
  ArmSums sums;
  for (const auto& [user, total] : users)
    sums.replace({}, total);
  return credit_from(sums);
}

}  // namespace ars::model
