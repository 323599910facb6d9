// The way from a directory named on the command line to an open log, for reading only. Owned by the
// command that asks; one thread.
#pragma once

#include "store/event_log.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ars::cli {

struct OpenLog {
  std::unique_ptr<store::EventLog> log;
  ClusterId cluster;
};

// Errc::not_found: no such directory, or no log in it; conflict: somebody has it open;
// corrupt; unsupported: another format.
Result<OpenLog> open_log(const std::string& directory);

// DIR/frozen, the log of the twin, when there is one.
std::optional<std::string> frozen_of(const std::string& directory);

// A pointer as people write it, with `frozen/` in front for the twin's log.
struct NamedPointer {
  bool frozen = false;
  store::Pointer at;
};
Result<NamedPointer> named_pointer(const std::string& text);

// Names of agents by id, as the stored states have them.
class AgentNames {
 public:
  explicit AgentNames(const store::EventLog& log);
  // The name, or the id in hexadecimal.
  std::string of(const AgentId& id) const;
  // Agents of this name, of a family (`traffic` for every user's), or with this id or its
  // beginning.
  bool is(const AgentId& id, const std::string& asked) const;
  // Whether anybody is meant.
  bool knows(const std::string& asked) const;

 private:
  std::map<AgentId, std::string> names_;
};

}  // namespace ars::cli
