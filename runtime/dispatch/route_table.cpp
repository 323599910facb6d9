#include "runtime/dispatch/route_table.hpp"

#include "events/catalog.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>

#include <set>

namespace ars::runtime {

Result<std::shared_ptr<const RouteTable>> RouteTable::build(
    const events::Composition& composition) {
  if (composition.agents.size() > limits::agents_max) {
    return fail(Errc::overloaded, fmt::format("{} agents in one composition, at most {}",
                                              composition.agents.size(), limits::agents_max));
  }
  auto table = std::make_shared<RouteTable>();
  table->composition_ = composition;
  std::set<std::string> names;
  for (std::size_t i = 0; i < composition.agents.size(); ++i) {
    const auto& entry = composition.agents[i];
    if (!names.insert(entry.agent).second) {
      return fail(Errc::invalid,
                  fmt::format("agent {} stands twice in the composition", entry.agent));
    }
    for (const auto type : entry.reads) {
      if (!events::type_info(type).has_value()) {
        return fail(Errc::invalid,
                    fmt::format("agent {} reads unknown event type {}", entry.agent, type));
      }
      table->readers_[type].push_back(i);
    }
  }
  return std::shared_ptr<const RouteTable>(std::move(table));
}

const std::vector<std::size_t>& RouteTable::readers(std::uint32_t type_id) const {
  static const std::vector<std::size_t> nobody;
  const auto found = readers_.find(type_id);
  return found == readers_.end() ? nobody : found->second;
}

CompositionDifference difference(const events::Composition& now, const events::Composition& next) {
  CompositionDifference out;
  const auto has = [](const events::Composition& c, const std::string& name) {
    for (const auto& entry : c.agents) {
      if (entry.agent == name) return true;
    }
    return false;
  };
  for (const auto& entry : next.agents) {
    if (!has(now, entry.agent)) out.added.push_back(entry);
  }
  for (const auto& entry : now.agents) {
    if (!has(next, entry.agent)) out.removed.push_back(entry);
  }
  return out;
}

}  // namespace ars::runtime
