#include "cli/log_door.hpp"

#include "runtime/event_sourced/agent_host.hpp"
#include "runtime/replay/log_walk.hpp"
#include "store/rocksdb/log_directory.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace ars::cli {

namespace fs = std::filesystem;

Result<OpenLog> open_log(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return fail(Errc::not_found, fmt::format("{}: no such directory; name the one that `ars run "
                                             "--log-dir` wrote",
                                             directory));
  }
  auto opened = store::RocksDbLog::open_read_only(directory);
  if (!opened) {
    auto failed = opened.error();
    // A disk is no server, and of a log that is there nothing may be missing.
    const bool lost =
        failed.code == Errc::not_found && store::holds_log(store::LogPaths(directory));
    if (lost || failed.code == Errc::unavailable) failed.code = Errc::corrupt;
    return outcome::failure(within(directory, std::move(failed)));
  }
  OpenLog out;
  out.cluster = opened.value()->cluster();
  out.log = std::move(opened).value();
  return out;
}

std::optional<std::string> frozen_of(const std::string& directory) {
  std::error_code error;
  auto path = fs::path(directory) / "frozen";
  // A kill may have left the twin's directory before there was a log in it.
  if (!fs::is_directory(path, error) || !store::holds_log(store::LogPaths(path))) {
    return std::nullopt;
  }
  return path.string();
}

Result<NamedPointer> named_pointer(const std::string& text) {
  constexpr std::string_view frozen = "frozen/";
  NamedPointer out;
  out.frozen = text.starts_with(frozen);
  ARS_TRY(out.at,
          store::pointer_from_text(std::string_view(text).substr(out.frozen ? frozen.size() : 0)));
  return out;
}

AgentNames::AgentNames(const store::EventLog& log) {
  log.each(store::family::state, "", [&](std::string_view, ByteSpan value) {
    if (auto row = runtime::decode_row(value); row.has_value())
      names_[row.value().agent] = row.value().name;
    return true;
  });
  const auto origin = runtime::read_origin(log);
  if (!origin.has_value()) return;
  const auto& identity = origin.value().identity;
  for (std::uint16_t p = 0; p < identity.partitions; ++p) {
    const auto name = fmt::format("system/{}", p);
    names_[events::mint_agent_id(identity.cluster, name, p, identity.partitions)] = name;
  }
}

std::string AgentNames::of(const AgentId& id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? to_hex(id) : found->second;
}

bool AgentNames::is(const AgentId& id, const std::string& asked) const {
  if (to_hex(id).starts_with(asked) && asked.size() >= 4) return true;
  const auto found = names_.find(id);
  if (found == names_.end()) return false;
  const auto& name = found->second;
  return name == asked ||
         (name.starts_with(asked) && name.size() > asked.size() && name[asked.size()] == '/');
}

bool AgentNames::knows(const std::string& asked) const {
  for (const auto& [id, name] : names_) {
    if (is(id, asked)) return true;
  }
  return false;
}

}  // namespace ars::cli
