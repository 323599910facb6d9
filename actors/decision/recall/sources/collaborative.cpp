#include "actors/decision/recall/sources/catalog.hpp"
#include "model/retrieval/affinity.hpp"

namespace ars::actors {

model::RecallResult recall_collaborative(const model::RecallQuery& query) {
  const auto& user = query.request.user_features;
  return model::best_unseen(query, model::history_scores(user, *query.views.covisitation));
}

}  // namespace ars::actors
