// The routes that every node has: /healthz (the process answers), /readyz (it can serve; otherwise
// 503 and each failing check on a line), /metrics. Made by the composition root.
#pragma once

#include "runtime/net/http_server.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ars::runtime {

// A condition for serving: an empty reason means that it holds. Called on the server's thread;
// reads a published snapshot and never blocks.
struct ReadyCheck {
  std::string name;
  std::function<std::string()> reason_against;
};

// A check that somebody else decides: set() from any thread, read by the server's.
class ReadyFlag {
 public:
  ReadyFlag(std::string name, std::string reason_against);
  ~ReadyFlag();
  ReadyFlag(const ReadyFlag&) = delete;
  ReadyFlag& operator=(const ReadyFlag&) = delete;

  // Empty: the condition holds.
  void set(std::string reason_against);
  // The flag outlives the check.
  ReadyCheck check() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `registry` outlives the routes.
HttpRoutes service_routes(const Registry& registry, std::vector<ReadyCheck> checks);

}  // namespace ars::runtime
