// A node with all its agents over any log, and the seeded population that it serves: the real
// system, fed as `ars run --source sim` feeds it, without evolution. Owned by one measurement; its
// thread alone calls.
#pragma once

#include "actors/infrastructure/model_host/answerer.hpp"
#include "bench/trained_ranker.hpp"
#include "model/population/world.hpp"
#include "runtime/event_sourced/partition_actor.hpp"
#include "store/blob_store.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace ars::bench {

namespace population = model::population;

struct WorldOptions {
  ClusterId cluster;
  std::filesystem::path blobs;  // empty: weights ride in the batch
  std::uint32_t users = 400;
  std::uint32_t items = 600;
  double requests_between_items = 8;      // 0: the catalogue does not grow
  const TrainedRanker* ranker = nullptr;  // null: the fused order stands
  std::size_t threads = 2;
};

// What came of some batches.
struct Served {
  std::uint64_t batches = 0;
  std::uint64_t events = 0;
  std::uint64_t slates = 0;
  std::uint64_t candidates = 0;  // fused, over all slates
  std::uint64_t fallbacks = 0;   // slates that no model ordered
};

class ServingWorld {
 public:
  // Creates the log's first records, lists the catalogue and deploys `recalls` with the ranker.
  // REQUIRES: an empty log, which outlives the world.
  static Result<std::unique_ptr<ServingWorld>> start(store::EventLog& log,
                                                     const WorldOptions& options,
                                                     std::vector<events::RecallSetting> recalls);
  ~ServingWorld();
  ServingWorld(const ServingWorld&) = delete;
  ServingWorld& operator=(const ServingWorld&) = delete;

  // The next requests of the population, in order; each is to be played once. Where the catalogue
  // does not grow, some may be left out.
  std::vector<model::population::Arrival> next_arrivals(std::size_t count);
  // One batch: what the users did with the slates of the batch before, what became due, and these
  // requests. Returns when all of it is durable.
  Result<void> play(std::span<const model::population::Arrival> arrivals);
  // Ratings of items drawn at random, so that users have a history and items a popularity.
  Result<void> rate(std::size_t ratings);
  // From the next batch on.
  Result<void> deploy(std::vector<events::RecallSetting> recalls);

  const Served& served() const { return served_; }

 private:
  ServingWorld(store::EventLog& log, const WorldOptions& options);
  Result<void> keep_weights();
  Result<void> submit(std::vector<std::vector<runtime::InputDraft>> waves,
                      std::uint64_t interactions);
  void observe(const events::Event& event);
  runtime::InputDraft answer(const model::population::Arrival& arrival);

  store::EventLog& log_;
  WorldOptions options_;
  model::population::World world_;
  std::unique_ptr<store::BlobStore> blobs_;
  std::unique_ptr<runtime::ViewKeeper> keeper_;
  std::unique_ptr<actors::ModelHost> models_;
  std::unique_ptr<runtime::Node> node_;
  std::uint64_t plans_ = 0;
  std::uint64_t ratings_ = 0;
  std::size_t items_listed_ = 0;
  std::vector<model::population::Arrival> waiting_;  // for what their users do
  std::map<RequestId, std::vector<ItemIndex>> slates_;
  Served served_;
};

// The quotas of a plan that proposes about this many candidates.
std::vector<events::RecallSetting> recalls_with(std::uint32_t popularity, std::uint32_t others);

}  // namespace ars::bench
