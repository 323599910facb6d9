// The rows that trainings learn from: folds served slates and their outcomes into labelled examples
// with the features as they were at decision time. Bounded: the newest rows stay. Owner: the run
// loop; rebuilt from the log after a restart.
#pragma once

#include "events/event.hpp"
#include "model/training/trainer.hpp"

#include <deque>
#include <map>
#include <vector>

namespace ars::actors {

struct StoredExample {
  model::Example row;
  std::uint64_t interactions = 0;  // of the batch that completed it
  bool explored = false;           // shown by an exploration slot: a uniform sample
};

class ExampleStore {
 public:
  explicit ExampleStore(std::size_t rows_max) : rows_max_(rows_max) {}

  // Events in log order.
  void observe(const events::Event& event);
  // The newest `rows_max` rows completed before `until` interactions, oldest first.
  std::vector<StoredExample> rows(std::uint64_t until, std::size_t rows_max) const;

  // Types that observe() looks at: a scan may skip the others.
  static bool wants(std::uint32_t type_id);

 private:
  void add(const UserId& user, Timestamp at, model::Example row, bool explored);
  void learn_clicks(const events::FeedbackReceived& feedback);
  void learn_rating(const events::RatingReceived& rating);
  void learn_logged(const events::LoggedActionReceived& action);

  std::size_t rows_max_;
  std::uint64_t interactions_ = 0;
  std::deque<StoredExample> rows_;
  std::map<RequestId, events::SlateServed> slates_;
  std::map<RequestId, events::ItemEvaluated> evaluated_;
  std::deque<RequestId> slate_order_;
};

}  // namespace ars::actors
