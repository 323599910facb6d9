#include "bench/anchors/plain_caf.hpp"
#include "bench/stopwatch.hpp"
#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/narrow.hpp"
#include "runtime/event_sourced/partition_actor.hpp"
#include "runtime/event_sourced/state_behaviour.hpp"
#include "runtime/limits.hpp"
#include "store/memory_log.hpp"

#include <fmt/format.h>

namespace ars::bench {
namespace {

constexpr std::size_t rounds = 5;
constexpr std::size_t threads = 2;
constexpr std::uint64_t waves = 5'000;  // of one input each, in one batch
constexpr std::uint64_t round_trips_a_second = 100'000;

static_assert(waves <= runtime::limits::batch_inputs_max);

// When the agent took its first and its newest event: the time between them is that of the worker
// and the shell alone, without what begins and ends a batch. Read after the batch, by its driver.
struct Marks {
  Stopwatch watch;
  std::uint64_t steps = 0;
  std::int64_t first_ns = 0;
  std::int64_t newest_ns = 0;
};
Marks marks;

// Counts. Its step costs nothing beside the way there and back.
struct Counter {
  std::uint64_t steps = 0;
  static constexpr std::uint16_t state_version = 1;
  static constexpr auto fields = std::tuple{events::field(0, "steps", &Counter::steps)};
  runtime::Decision decide(const events::Event&, const runtime::StepContext&) const {
    marks.newest_ns = marks.watch.ns();
    if (marks.steps++ == 0) marks.first_ns = marks.newest_ns;
    return {};
  }
  void evolve(const events::Event&) { ++steps; }
};

std::unique_ptr<runtime::AgentBehaviour> make_counter(const events::AgentEntry&) {
  return std::make_unique<runtime::Behaviour<Counter>>();
}

const runtime::KindRegistry& kinds() {
  static const runtime::KindRegistry out{{"counter", {"counter", nullptr, &make_counter}}};
  return out;
}

// No views; one agent from the beginning.
class NoViews final : public runtime::ViewKeeper {
 public:
  void observe(const events::Event&, const store::Pointer&) override {}
  std::vector<runtime::Publication> publish_due(Offset) override { return {}; }
  runtime::Publication publish(std::string_view, Offset) override { return {}; }
  runtime::OpaqueViews current() const override { return nullptr; }
  std::vector<events::ViewUse> versions() const override { return {}; }
  Result<void> restore(const store::EventLog&, std::uint16_t) override { return success(); }
  events::Composition wanted() const override {
    events::Composition out;
    out.agents = {{"counter", "counter", "", {events::SourceFinished::type_id}}};
    return out;
  }
};

runtime::FormBatch one_input_a_wave(std::uint64_t batch) {
  runtime::FormBatch out;
  out.mark = {batch, 0};
  out.clock_ns = batch + 1;
  for (std::uint64_t i = 0; i < waves; ++i) {
    out.waves.push_back({{events::SourceFinished{}, "bench", fmt::format("{}/{}", batch, i), {}}});
  }
  return out;
}

Result<double> ours(double seconds) {
  const ClusterId cluster(Bytes16{0xac});
  ARS_TRY(auto log, store::MemoryLog::open(cluster));
  NoViews keeper;
  runtime::NodeSetup setup;
  setup.partition.identity = {cluster, 0, 1, Seed(1)};
  setup.partition.log = log.get();
  setup.partition.keeper = &keeper;
  setup.partition.kinds = &kinds();
  setup.answering.answer = [](const std::vector<runtime::Question>&) {
    return std::vector<events::Payload>();
  };
  setup.threads = threads;
  ARS_TRY(auto node, runtime::Node::start(std::move(setup)));
  double taken = 0;
  std::uint64_t hops = 0;
  for (std::uint64_t batch = 0; taken < seconds; ++batch) {
    marks = {};
    ARS_TRY([[maybe_unused]] const auto events, node->submit(one_input_a_wave(batch)));
    if (marks.steps != waves) {
      return fail(Errc::corrupt, fmt::format("{} of {} inputs came", marks.steps, waves));
    }
    taken += to_double(marks.newest_ns - marks.first_ns) * 1e-9;
    hops += waves - 1;
  }
  node->stop();
  return to_double(hops) / taken;
}

Result<double> anchor(double seconds) {
  const auto round_trips =
      truncate<std::uint64_t>(seconds * static_cast<double>(round_trips_a_second)) + 1;
  return to_double(round_trips) / plain_caf_round_trips(round_trips, threads);
}

}  // namespace

Result<Row> measure_actor_hop(Workshop& workshop) {
  const auto seconds = workshop.setting().seconds / 2;
  ARS_TRY(const auto taken,
          interleave(workshop.setting(), rounds,
                     {[&] { return ours(seconds); }, [&] { return anchor(seconds); }}));
  Row row;
  row.ours = taken[0];
  row.anchor_value = taken[1];
  row.mix = "one event at a time from the partition's worker to one agent's shell and back";
  row.figures = {{"a round trip of ours", 1e6 / taken[0], "us"},
                 {"a round trip of the anchor", 1e6 / taken[1], "us"}};
  row.limited_by =
      "ours also names the event by SHA-256, looks for a repeat in the log, routes it and runs the "
      "agent's step; the two messages are the same; both are bound by waking the other actor";
  return row;
}

}  // namespace ars::bench
