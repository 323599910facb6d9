// Bulk work on several cores: the runtime's only door to oneTBB. A pipeline has a fixed number of
// slots, so that a fast reader never runs ahead of a slow folder. One caller at a time, which waits
// for the end; the stages run on the library's threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace ars::runtime {

enum class Order : std::uint8_t { in_turn, any };

struct PipelineStage {
  Order order = Order::in_turn;
  std::function<void(std::size_t slot)> run;
};

// Fills slots 0..slots-1 again and again, one after the other, until `fill` says that there is no
// more; each filled slot goes through every stage before it is filled anew. A stage in_turn sees
// the slots one at a time, in the order in which they were filled. REQUIRES: slots > 0; the last
// stage is in_turn.
void run_pipeline(std::size_t slots, const std::function<bool(std::size_t slot)>& fill,
                  const std::vector<PipelineStage>& stages);

// Runs body(0) .. body(count - 1), each once, in any order.
void run_each(std::size_t count, const std::function<void(std::size_t index)>& body);

}  // namespace ars::runtime
