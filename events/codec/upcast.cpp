#include "events/codec/upcast.hpp"

#include "events/codec/view.hpp"

#include <array>

namespace ars::events {
namespace {

using Step = Result<Payload> (*)(ByteSpan);

struct Rule {
  std::uint32_t type_id;
  std::uint16_t schema_version;
  Step step;
};

}  // namespace

namespace legacy {

// CanaryStarted as it stood before guardrails had a margin of their own.
struct CanaryStartedV0 {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  double share = 0;
  static constexpr auto fields = std::tuple{field(0, "experiment", &CanaryStartedV0::experiment),
                                            field(1, "variant", &CanaryStartedV0::variant),
                                            field(2, "plan", &CanaryStartedV0::plan),
                                            field(3, "share", &CanaryStartedV0::share)};
};

}  // namespace legacy

namespace {

Result<Payload> canary_started_v0(ByteSpan bytes) {
  ARS_TRY(auto old, from_bytes<legacy::CanaryStartedV0>(bytes));
  CanaryStarted now;
  now.experiment = old.experiment;
  now.variant = old.variant;
  now.plan = old.plan;
  now.share = old.share;
  return Payload(now);
}

constexpr std::array rules{Rule{CanaryStarted::type_id, 0, &canary_started_v0}};

}  // namespace

Result<Payload> upcast(std::uint32_t type_id, std::uint16_t schema_version, ByteSpan bytes) {
  for (const auto& rule : rules) {
    if (rule.type_id == type_id && rule.schema_version == schema_version) return rule.step(bytes);
  }
  return fail(Errc::unsupported, fmt::format("event type {} version {} is not known to this build",
                                             type_id, schema_version));
}

}  // namespace ars::events
