// The difference reward of an agent: D = G(z) − G(z without it, its default in its place),
// estimated over logged requests that were answered both ways, with an error that is robust to
// users who come back. Sums fold, so a window can be kept up to date request by request. Pure
// functions, any thread.
#pragma once

#include "model/evaluation/sequential_test.hpp"

#include <cstdint>
#include <span>

namespace ars::model {

// The outer reward of one request with the agent, and with its default in its place.
struct RequestPair {
  std::uint64_t user = 0;  // group, not an id of a person
  double with_agent = 0;
  double without_agent = 0;
};

struct Credit {
  double estimate = 0;        // per request
  double standard_error = 0;  // clustered by user
  double low = 0;             // 95 %, t over users
  double high = 0;
  std::uint64_t requests = 0;
  std::uint64_t users = 0;
};

// Pairs in any order; sums run by user, then in the order given.
Credit difference_credit(std::span<const RequestPair> pairs);
// The same from folded sums of per-user differences (ArmSums::replace).
Credit credit_from(const ArmSums& differences);

}  // namespace ars::model
