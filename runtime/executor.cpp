#include "runtime/executor.hpp"

#include "events/base/check.hpp"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>

namespace ars::runtime {

void run_pipeline(std::size_t slots, const std::function<bool(std::size_t slot)>& fill,
                  const std::vector<PipelineStage>& stages) {
  using tbb::filter_mode;
  ARS_CHECK(slots > 0 && !stages.empty() && stages.back().order == Order::in_turn,
            "a pipeline of {} slots and {} stages", slots, stages.size());
  std::size_t next = 0;
  // Slots leave the last stage in the order in which they came, and never more than `slots` are
  // under way: the one after the newest is free.
  auto chain = tbb::make_filter<void, std::size_t>(filter_mode::serial_in_order,
                                                   [&](tbb::flow_control& control) -> std::size_t {
                                                     const auto slot = next;
                                                     if (!fill(slot)) {
                                                       control.stop();
                                                       return slot;
                                                     }
                                                     next = (next + 1) % slots;
                                                     return slot;
                                                   });
  for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
    const auto mode =
        stages[i].order == Order::in_turn ? filter_mode::serial_in_order : filter_mode::parallel;
    chain =
        chain & tbb::make_filter<std::size_t, std::size_t>(mode, [&stages, i](std::size_t slot) {
          stages[i].run(slot);
          return slot;
        });
  }
  const auto last = tbb::make_filter<std::size_t, void>(
      filter_mode::serial_in_order, [&stages](std::size_t slot) { stages.back().run(slot); });
  tbb::parallel_pipeline(slots, chain & last);
}

void run_each(std::size_t count, const std::function<void(std::size_t index)>& body) {
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) { body(i); });
}

}  // namespace ars::runtime
