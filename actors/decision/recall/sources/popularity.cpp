#include "actors/decision/recall/sources/catalog.hpp"

namespace ars::actors {

model::RecallResult recall_popularity(const model::RecallQuery& query) {
  return model::hottest(query, model::rung_of(query.setting.half_life_s));
}

}  // namespace ars::actors
