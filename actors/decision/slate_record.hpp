// What a slate's event records beside its items: where the request went, the views it was made
// from, and the features of what is shown, as they were. Pure; any thread.
#pragma once

#include "actors/decision_views.hpp"

namespace ars::actors {

// REQUIRES: the catalogue of the views has the items. `fallback` says why this is not what the plan
// asks for; empty: it is.
events::SlateServed slate_record(const events::RequestRouted& routed,
                                 std::vector<events::SlateItem> items, std::string fallback,
                                 const DecisionViews& views);

}  // namespace ars::actors
