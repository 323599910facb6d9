// Folds the log into the views that decisions read, and publishes their versions. Called by the
// partition worker at batch boundaries, and by replay in the same order; one thread at a time.
#pragma once

#include "runtime/event_sourced/behaviour.hpp"
#include "store/event_log.hpp"

namespace ars::runtime {

struct Publication {
  events::ViewPublished fact;
  std::string key;  // in family "view": name/version
  std::vector<std::uint8_t> delta;
};

class ViewKeeper {
 public:
  virtual ~ViewKeeper() = default;
  virtual void observe(const events::Event& event, const store::Pointer& at) = 0;
  // Versions that are due after these inputs; publishing costs the change. `until` is the evt
  // offset below which everything was observed.
  virtual std::vector<Publication> publish_due(Offset until) = 0;
  // Replay: publishes the named view now, whatever is due.
  virtual Publication publish(std::string_view view, Offset until) = 0;
  virtual OpaqueViews current() const = 0;
  virtual std::vector<events::ViewUse> versions() const = 0;
  // Rebuilds from stored deltas and the log's tail. Errc::corrupt when a chained hash differs.
  virtual Result<void> restore(const store::EventLog& log, std::uint16_t partition) = 0;
  // The composition that the current views ask for; its version is the caller's business.
  virtual events::Composition wanted() const = 0;
};

}  // namespace ars::runtime
