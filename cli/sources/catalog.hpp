// Every source on one page. To add one: a function in a file beside this one, and a line here.
#pragma once

#include "cli/sources/source.hpp"

#include <array>
#include <string_view>

namespace ars::cli {

Result<std::unique_ptr<Source>> open_movielens(const SourceSetting& setting);
Result<std::unique_ptr<Source>> open_bandit(const SourceSetting& setting);
Result<std::unique_ptr<Source>> open_population(const SourceSetting& setting);

struct SourceKind {
  std::string_view name;
  Result<std::unique_ptr<Source>> (*open)(const SourceSetting&);
};
inline constexpr std::array source_kinds{
    SourceKind{"movielens", &open_movielens},
    SourceKind{"obd", &open_bandit},
    SourceKind{"sim", &open_population},
};

// Shared by the sources.
events::EvolutionConfigured common_evolution(const SourceSetting& setting);
events::ServingPlan common_plan(const SourceSetting& setting);
// Shortens the waits of evolution for a run of this many interactions; 0: unknown.
void pace_evolution(events::EvolutionConfigured& evolution, std::uint64_t interactions);
// A request's id: SHA-256 of source, scope and row, first 16 bytes.
RequestId request_id(std::string_view source, const events::Scope& scope, std::uint64_t row);
runtime::InputDraft draft(events::Payload payload, std::string source, std::string id,
                          const RequestId& request);

}  // namespace ars::cli
