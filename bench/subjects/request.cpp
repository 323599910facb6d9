#include "bench/open_loop.hpp"
#include "bench/serving_world.hpp"
#include "bench/stopwatch.hpp"
#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/narrow.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::bench {
namespace {

constexpr double p99_limit_ms = 20;
constexpr double lowest_rate = 10;
constexpr std::size_t batch_max = 64;
constexpr std::size_t runs_max = 9;
constexpr std::size_t confirmations_max = 4;
constexpr double step_down = 0.8;
constexpr std::size_t requests_min = 120;  // of one run of the search
constexpr std::size_t judged_min = 400;    // of a run that is judged: three stalls are no p99
constexpr double run_seconds = 3;          // times the setting
constexpr std::uint32_t users = 400;
constexpr std::uint32_t items = 3000;
constexpr std::size_t ratings = 12'000;

double ms(std::uint64_t ns) { return to_double(ns) * 1e-6; }

bool keeps_limit(const Load& load) {
  return !load.given_up && ms(load.latency.at(0.99)) <= p99_limit_ms;
}

// A node over a synced log whose users have histories, with about so many candidates a request.
class RequestNode {
 public:
  static Result<std::unique_ptr<RequestNode>> open(Workshop& workshop, std::uint32_t candidates) {
    ARS_TRY(const auto* ranker, workshop.ranker());
    auto out = std::make_unique<RequestNode>();
    const ClusterId cluster(Bytes16{0xbe, 0x4d});
    const auto directory = workshop.fresh("request");
    ARS_TRY(out->log_, store::RocksDbLog::create(directory, cluster));
    WorldOptions options;
    options.cluster = cluster;
    options.blobs = directory / "blobs";
    options.users = users;
    options.items = items;
    options.requests_between_items = 0;
    options.ranker = ranker;
    ARS_TRY(out->world_, ServingWorld::start(*out->log_, options, recalls_with(80, 80)));
    ARS_TRY(out->play(1));
    ARS_TRY(out->world_->rate(ratings));
    ARS_TRY(out->calibrate(candidates));
    return out;
  }

  Result<Load> offer_at(double rate, double seconds, std::size_t least) {
    const auto wanted = truncate<std::size_t>(rate * seconds);
    const auto arrivals = world_->next_arrivals(std::max(least, wanted));
    return offer(rate, arrivals.size(), batch_max, [&](std::size_t begin, std::size_t end) {
      return world_->play(std::span(arrivals).subspan(begin, end - begin));
    });
  }

  // Seconds of a batch of one request.
  Result<double> alone() {
    constexpr std::size_t count = 20;
    const Stopwatch watch;
    for (std::size_t i = 0; i < count; ++i)
      ARS_TRY(play(1));
    return watch.seconds() / to_double(count);
  }

  const Served& served() const { return world_->served(); }

 private:
  Result<void> play(std::size_t count) { return world_->play(world_->next_arrivals(count)); }

  // Candidates that a request has on average now.
  Result<double> candidates() {
    constexpr std::size_t count = 24;
    const auto before = served();
    ARS_TRY(play(count));
    return to_double(served().candidates - before.candidates) / to_double(count);
  }

  // The recalls overlap: the popular ones fill up what the others leave.
  Result<void> calibrate(std::uint32_t wanted) {
    const auto others = wanted / 10;
    double popular = to_double(wanted);
    for (int i = 0; i < 3; ++i) {
      ARS_TRY(world_->deploy(recalls_with(truncate<std::uint32_t>(popular), others)));
      ARS_TRY(const double now, candidates());
      popular = std::max(1.0, popular + to_double(wanted) - now);
    }
    return world_->deploy(recalls_with(truncate<std::uint32_t>(popular), others));
  }

  std::unique_ptr<store::RocksDbLog> log_;
  std::unique_ptr<ServingWorld> world_;
};

// The rate found must hold in a longer run of its own; else a lower one must. What the lowest shows
// there is the verdict.
Result<Load> confirmed(RequestNode& node, Load found, double seconds, const Setting& setting) {
  double rate = found.rate;
  for (std::size_t i = 0; i < confirmations_max; ++i) {
    ARS_TRY(check_interrupt(setting));
    ARS_TRY(found, node.offer_at(rate, 2 * seconds, judged_min));
    if (keeps_limit(found) || rate == lowest_rate) return found;
    rate = std::max(lowest_rate, rate * step_down);
  }
  return found;
}

std::string limits_of(const Machine& machine, double alone_ms, const ScoringCost& scoring) {
  const auto sync_ms = 1e3 / machine.disk_syncs_per_second;
  auto out = fmt::format(
      "a batch at a time: of {:.1f} ms alone the disk's sync takes {:.1f} and the scores {:.1f}, "
      "the "
      "rest is recalls, features, states and encoding",
      alone_ms, sync_ms, scoring.ms);
  if (machine.gigaflops.has_value()) {
    out += fmt::format("; scores reach {:.0f} % of this core's {:.1f} GFLOP/s, bound by look-ups",
                       100 * scoring.gigaflops / *machine.gigaflops, *machine.gigaflops);
  }
  return out;
}

Result<Row> measure(Workshop& workshop, std::uint32_t candidates) {
  ARS_TRY(auto node, RequestNode::open(workshop, candidates));
  const auto seconds = run_seconds * workshop.setting().seconds;
  ARS_TRY(const double alone, node->alone());
  ARS_TRY(const auto* ranker, workshop.ranker());
  ARS_TRY(const auto scoring, score_alone(*ranker, candidates, workshop.setting().seconds / 2));
  const auto before = node->served();
  const Search search{lowest_rate, std::max(lowest_rate, 0.3 / alone), runs_max};
  ARS_TRY(auto best, highest_rate(search, &keeps_limit, [&](double rate) -> Result<Load> {
            ARS_TRY(check_interrupt(workshop.setting()));
            return node->offer_at(rate, seconds, requests_min);
          }));
  ARS_TRY(const auto load, confirmed(*node, std::move(best), seconds, workshop.setting()));
  const auto& after = node->served();
  const auto slates = to_double(after.slates - before.slates);
  Row row;
  row.ours = ms(load.latency.at(0.99));
  row.mix = fmt::format(
      "each request with the feedback to an earlier one, Poisson arrivals, {} users, {} items, "
      "DeepFM, every batch synced",
      users, items);
  row.figures = {{"rate", load.rate, "requests/s"},
                 {"p50", ms(load.latency.at(0.5)), "ms"},
                 {"p90", ms(load.latency.at(0.9)), "ms"},
                 {"p99", ms(load.latency.at(0.99)), "ms"},
                 {"largest", ms(load.latency.largest()), "ms"},
                 {"a request alone", alone * 1e3, "ms"},
                 {"its scores alone", scoring.ms, "ms"},
                 {"operations of its scores", scoring.gigaflops, "GFLOP/s"},
                 {"requests a batch", to_double(load.requests) / to_double(load.batches), ""},
                 {"candidates", to_double(after.candidates - before.candidates) / slates, ""},
                 {"events a request", to_double(after.events - before.events) / slates, ""},
                 {"fallbacks", 100 * to_double(after.fallbacks - before.fallbacks) / slates, "%"}};
  row.limited_by = limits_of(workshop.machine(), alone * 1e3, scoring);
  row.limited_by += keeps_limit(load)
                        ? fmt::format("; p99 stays within {} ms up to this rate", p99_limit_ms)
                        : fmt::format("; no rate keeps p99 within {} ms", p99_limit_ms);
  return row;
}

}  // namespace

Result<Row> measure_request_100(Workshop& workshop) { return measure(workshop, 100); }
Result<Row> measure_request_500(Workshop& workshop) { return measure(workshop, 500); }
Result<Row> measure_request_2000(Workshop& workshop) { return measure(workshop, 2000); }

}  // namespace ars::bench
