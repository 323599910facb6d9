// The routes that every node has: /healthz (the process answers), /readyz (it can serve; otherwise
// 503 and each failing check on a line), /metrics. Made by the composition root.
#pragma once

#include "runtime/net/http_server.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ars::runtime {

// A condition for serving: an empty reason means that it holds. Called on the server's thread;
// reads a published snapshot and never blocks.
struct ReadyCheck {
  std::string name;
  std::function<std::string()> reason_against;
};

// `registry` outlives the routes.
HttpRoutes service_routes(const Registry& registry, std::vector<ReadyCheck> checks);

}  // namespace ars::runtime
