// The views that a decision about one request reads, all at the versions its batch names.
// Value that shares; any thread.
#pragma once

#include "model/retrieval/catalogue_view.hpp"
#include "model/retrieval/covisitation_view.hpp"
#include "model/retrieval/statistics_view.hpp"

namespace ars::model {

struct ViewSet {
  std::shared_ptr<const CatalogueView> catalogue;
  std::shared_ptr<const StatisticsView> statistics;
  std::shared_ptr<const CovisitationView> covisitation;
};

// Version 0 of each view: valid and empty.
ViewSet empty_views();

}  // namespace ars::model
