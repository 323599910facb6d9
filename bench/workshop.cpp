#include "bench/workshop.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::bench {
namespace {

// About a second of synced commits, measured on two slow cores.
constexpr double requests_a_second = 1500;
constexpr std::uint64_t requests_min = 200;
constexpr std::uint64_t requests_max = 6000;

}  // namespace

std::filesystem::path Workshop::fresh(std::string_view name) {
  return setting_.scratch / fmt::format("{}-{}", name, ++made_);
}

Result<const TrainedRanker*> Workshop::ranker() {
  if (ranker_ == nullptr) {
    setting_.say("training the ranker that serves");
    ARS_TRY(auto trained, train_ranker());
    ranker_ = std::make_unique<TrainedRanker>(std::move(trained));
  }
  return ranker_.get();
}

Result<const ServedLog*> Workshop::served() {
  if (served_ == nullptr) {
    const auto wanted = truncate<std::uint64_t>(setting_.seconds * requests_a_second);
    const auto requests = std::clamp(wanted, requests_min, requests_max);
    const auto trained = ranker();
    // Without LibTorch the fused order stands, and the log holds no scores.
    if (!trained.has_value() && trained.error().code != Errc::unsupported) {
      return outcome::failure(trained.error());
    }
    setting_.say(fmt::format("serving {} requests, to have a log", requests));
    ARS_TRY(auto served,
            serve_a_log(setting_, trained.has_value() ? trained.value() : nullptr, requests));
    served_ = std::make_unique<ServedLog>(std::move(served));
  }
  return served_.get();
}

Result<std::string> Workshop::brokers() {
  if (!setting_.brokers.empty()) return setting_.brokers;
  if (broker_ == nullptr) {
    setting_.say("starting a Kafka broker");
    ARS_TRY(broker_, LocalBroker::start(setting_, fresh("kafka")));
  }
  return broker_->address();
}

}  // namespace ars::bench
