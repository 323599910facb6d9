// Every projection on one page: a header with its rows, a line here, a test. At its next start a
// log gets a family "p.<name>" for a new line, and the projection is built from the log. Heavy
// (FlatBuffers); included by catalog.cpp and by who reads rows. Types only; any thread.
#pragma once

#include "store/projections/experiments.hpp"
#include "store/projections/feature_registry.hpp"
#include "store/projections/item_profiles.hpp"
#include "store/projections/lineage.hpp"
#include "store/projections/model_registry.hpp"
#include "store/projections/negative_cases.hpp"
#include "store/projections/reward_ledger.hpp"
#include "store/projections/table.hpp"
#include "store/projections/task_graphs.hpp"
#include "store/projections/user_profiles.hpp"

namespace ars::store::projections {

template <class... Ts>
struct ProjectionList {};

using Catalog = ProjectionList<Lineage,          //
                               RewardLedger,     //
                               Experiments,      //
                               ModelRegistry,    //
                               FeatureRegistry,  //
                               NegativeCases,    //
                               UserProfiles,     //
                               ItemProfiles,     //
                               TaskGraphs>;

}  // namespace ars::store::projections
