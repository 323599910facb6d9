// Wires the model's view folds and the deployment view to the runtime: observes events, publishes
// versions by counts of inputs, rebuilds from stored deltas. Owner: one partition worker or one
// replay; one thread at a time.
#pragma once

#include "actors/decision_views.hpp"
#include "runtime/event_sourced/view_keeper.hpp"

namespace ars::actors {

// Folds plans, promotions and canaries into the deployment view.
class DeploymentFold {
 public:
  static constexpr std::string_view view_name = "deployment";
  void observe(const events::Event& event);
  bool changed() const { return changed_; }
  // The view whole, pruned to plans in use; sha256 is chained.
  std::vector<std::uint8_t> publish();
  Result<void> apply(ByteSpan delta);
  const std::shared_ptr<const Deployment>& latest() const { return latest_; }
  ViewVersion version() const { return version_; }
  const Bytes32& sha256() const { return sha256_; }

 private:
  Deployment next_;
  bool changed_ = false;
  ViewVersion version_;
  Bytes32 sha256_{};
  std::shared_ptr<const Deployment> latest_ = std::make_shared<const Deployment>();
};

class Keeper final : public runtime::ViewKeeper {
 public:
  Keeper();
  void observe(const events::Event& event, const store::Pointer& at) override;
  std::vector<runtime::Publication> publish_due(Offset until) override;
  runtime::Publication publish(std::string_view view, Offset until) override;
  runtime::OpaqueViews current() const override { return current_; }
  std::vector<events::ViewUse> versions() const override;
  Result<void> restore(const store::EventLog& log, std::uint16_t partition) override;
  events::Composition wanted() const override;

 private:
  void observe_one(std::string_view view, const events::Event& event);
  Result<Offset> restore_one(const store::EventLog& log, std::string_view view);
  Result<void> apply(std::string_view view, ByteSpan delta);
  void refresh();

  model::CatalogueFold catalogue_;
  model::StatisticsFold statistics_;
  model::CovisitationFold covisitation_;
  DeploymentFold deployment_;
  bool catalogue_changed_ = false;
  std::uint64_t inputs_ = 0;  // since statistics were published
  std::shared_ptr<const DecisionViews> current_;
};

}  // namespace ars::actors
