#include "actors/decision/recall/sources/catalog.hpp"

namespace ars::actors {

model::RecallResult recall_trending(const model::RecallQuery& query) {
  const auto half_life_s = query.setting.half_life_s;
  return model::hottest(query,
                        model::rung_of(half_life_s > 0 ? half_life_s : trending_half_life_s));
}

}  // namespace ars::actors
