#include "runtime/dispatch/supervisor.hpp"

#include "events/base/narrow.hpp"
#include "events/codec/canonical.hpp"
#include "events/codec/view.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>

namespace ars::runtime {
namespace {

constexpr std::string_view attempt_prefix = "attempt/";
constexpr std::string_view health_prefix = "health/";
constexpr std::size_t stable_bytes = 10;

// The part of an event id that does not depend on the batch's clock.
std::string stable_id(const EventId& id) {
  return std::string(as_text(ByteSpan(id.value()).last(stable_bytes)));
}

struct StoredHealth {
  std::uint64_t failures = 0;
  std::uint64_t failed_in = 0;
  std::uint64_t parked_until = 0;
  static constexpr auto fields =
      std::tuple{events::field(0, "failures", &StoredHealth::failures),
                 events::field(1, "failed_in", &StoredHealth::failed_in),
                 events::field(2, "parked_until", &StoredHealth::parked_until)};
};

std::string attempt_key(const std::string& entry, const EventId& input) {
  return fmt::format("{}{}/", attempt_prefix, entry) + stable_id(input);
}

}  // namespace

Result<void> Supervisor::load(const store::EventLog& log) {
  attempts_.clear();
  health_.clear();
  Error broken;
  const auto damaged = [&](std::string_view key) {
    broken = {Errc::corrupt, fmt::format("what is noted as {} cannot be read", key.substr(0, 40))};
    return false;
  };
  log.each(store::family::checkpoint, attempt_prefix, [&](std::string_view key, ByteSpan value) {
    auto rest = key.substr(attempt_prefix.size());
    if (rest.size() <= stable_bytes || value.size() != 1) return damaged(attempt_prefix);
    const auto id = rest.substr(rest.size() - stable_bytes);
    rest.remove_suffix(stable_bytes + 1);
    attempts_[{std::string(rest), std::string(id)}] = value[0];
    return true;
  });
  log.each(store::family::checkpoint, health_prefix, [&](std::string_view key, ByteSpan value) {
    const auto stored = events::from_bytes<StoredHealth>(value);
    if (!stored.has_value()) return damaged(key);
    const auto& row = stored.value();
    health_[std::string(key.substr(health_prefix.size()))] = {row.failures, row.failed_in,
                                                              row.parked_until};
    return true;
  });
  if (!broken.context.empty()) return outcome::failure(broken);
  return success();
}

std::optional<Supervisor::Refusal> Supervisor::refusal(const std::string& entry,
                                                       const std::string& agent,
                                                       const EventId& input,
                                                       BatchNumber batch) const {
  const auto tried = attempts_.find({entry, stable_id(input)});
  if (tried != attempts_.end() && tried->second >= limits::attempts_max) {
    return Refusal{"failed twice on this input", true};
  }
  const auto known = health_.find(agent);
  if (known != health_.end() && batch.value() < known->second.parked_until) {
    return Refusal{fmt::format("in quarantine until batch {}", known->second.parked_until), false};
  }
  return std::nullopt;
}

Supervisor::Noted Supervisor::failed(const std::string& entry, const std::string& agent,
                                     const EventId& input, BatchNumber batch) {
  Noted out;
  out.attempt = ++attempts_[{entry, stable_id(input)}];
  auto& health = health_[agent];
  if (batch.value() > health.failed_in + limits::failure_memory_batches) health.failures = 0;
  ++health.failures;
  health.failed_in = batch.value();
  out.failures = narrow<std::uint32_t>(health.failures);
  if (health.failures >= limits::failures_before_quarantine) {
    out.quarantined = true;
    health.failures = 0;
    health.parked_until = batch.value() + limits::quarantine_batches;
  }
  const StoredHealth stored{health.failures, health.failed_in, health.parked_until};
  out.writes.push_back({std::string(store::family::checkpoint), attempt_key(entry, input),
                        std::vector<std::uint8_t>{narrow<std::uint8_t>(out.attempt)}});
  out.writes.push_back({std::string(store::family::checkpoint), std::string(health_prefix) + agent,
                        events::to_bytes(stored)});
  return out;
}

store::Write Supervisor::forget(const std::string& entry, const EventId& input) const {
  return {std::string(store::family::checkpoint), attempt_key(entry, input), std::nullopt};
}

void Supervisor::forgotten(const std::string& entry, const EventId& input) {
  attempts_.erase({entry, stable_id(input)});
}

}  // namespace ars::runtime
