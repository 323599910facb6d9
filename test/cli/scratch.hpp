// A directory that goes away with the test, the binary run as a person runs it, and a small log
// written by hand. Owned by one test.
#pragma once

#include "events/base/prng.hpp"
#include "events/event.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace scratch {

using namespace ars;
namespace fs = std::filesystem;

class Directory {
 public:
  Directory() {
    static int count = 0;
    path_ = fs::temp_directory_path() / fmt::format("ars-cli-{}-{}", ::getpid(), count++);
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Directory() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string text() const { return path_.string(); }

 private:
  fs::path path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

struct Ended {
  int code = 0;
  std::string out;
  std::string err;
};

// Runs `ars ARGUMENTS`; `before` stands in front of it: `timeout -s INT 1`, `ARS_X=1`.
inline Ended ars(const Directory& directory, const std::string& arguments,
                 const std::string& before = "") {
  const auto out = directory / "stdout";
  const auto err = directory / "stderr";
  const auto status = std::system(
      fmt::format("{} {} {} >'{}' 2>'{}'", before, ARS_BINARY, arguments, out, err).c_str());
  return {status >= 256 ? status / 256 : status, read_text(out), read_text(err)};
}

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline Bytes16 sixteen(std::uint8_t first, std::uint8_t second = 0) {
  Bytes16 out{};
  out[0] = first;
  out[1] = second;
  return out;
}

// A log with a beginning, two compositions, and the road of two changes.
class Log {
 public:
  explicit Log(const std::string& directory)
      : log_(store::RocksDbLog::create(directory, ClusterId(sixteen(7))).value()) {
    events::ClusterCreated created;
    created.cluster = ClusterId(sixteen(7));
    created.partitions = 1;
    created.format = 1;
    created.head_key = log_->head_key();
    put(store::Topic::ctl, created);
  }

  // A fact of a named agent; inputs have none.
  store::Pointer put(store::Topic topic, events::Payload payload, const std::string& agent = "") {
    events::Envelope header;
    header.log_time_ns = ++time_ns_;
    header.event_id = events::make_ingress_id(time_ns_, "test", std::to_string(time_ns_));
    header.correlation_id = CorrelationId(sixteen(3, static_cast<std::uint8_t>(time_ns_ % 5)));
    if (!agent.empty()) {
      auto& tail = tails_[agent];
      header.agent_id = events::mint_agent_id(ClusterId(sixteen(7)), agent, 0, 1);
      header.agg_seq = Sequence(++tail.first);
      header.agg_prev_hash = tail.second;
    }
    const auto stored = events::seal(header, std::move(payload))->stored;
    if (!agent.empty()) tails_[agent].second = events::event_hash(stored);
    store::Batch batch;
    batch.appends.push_back({{topic, 0}, stored});
    return log_->commit(batch).value().front();
  }

  void tell_two_changes();
  store::RocksDbLog& log() { return *log_; }
  void close() {
    if (!log_->close().has_value()) std::abort();
    log_.reset();
  }

 private:
  std::unique_ptr<store::RocksDbLog> log_;
  std::map<std::string, std::pair<std::uint64_t, Bytes32>> tails_;
  std::uint64_t time_ns_ = 1'700'000'000'000'000'000;
};

inline events::ServingPlan plan(std::uint64_t version, std::uint64_t parent) {
  events::ServingPlan out;
  out.version = version;
  out.parent = parent;
  out.recalls = {{"trending", 100, 1, 0}, {"content", 50, 1, 0}};
  out.ranker.features = {"age", "popularity"};
  out.ranker.weights[0] = static_cast<std::uint8_t>(version);
  return out;
}

inline void Log::tell_two_changes() {
  using namespace events;
  RewireAdvanced step{0, 1, RewireState::switched, "", {1, {}}, 0};
  step.composition.agents = {{"traffic", "traffic", "", {RequestReceived::type_id}},
                             {"recall/trending", "recall", "trending", {RequestRouted::type_id}}};
  put(store::Topic::ctl, step);
  step = {1, 2, RewireState::switched, "", step.composition, 0};
  step.composition.version = 2;
  step.composition.agents.push_back(
      {"recall/content", "recall", "content", {RequestRouted::type_id}});
  put(store::Topic::ctl, step);
  BatchFormed formed;
  formed.interactions = 500;
  put(store::Topic::evt, formed, "system/0");
  put(store::Topic::evt, PlanProposed{0, plan(2, 1)}, "autotrain");
  put(store::Topic::evt, PlanPromoted{2, 1, 0, "first training"}, "autoperf");
  VariantProposed proposed;
  proposed.variant = 1;
  proposed.proposer = "autofeature";
  proposed.kind = ChangeKind::feature_added;
  proposed.summary = "add feature recency";
  proposed.base_plan = 2;
  proposed.plan = plan(3, 2);
  proposed.plan.ranker.features.push_back("recency");
  put(store::Topic::evt, proposed, "autofeature");
  EvidenceMeasured evidence{1,     "paired", "auc", {0.01, 0.02, 0.015}, 0.015, 0.008, 0.022, 0.001,
                            0.004, true,     ""};
  put(store::Topic::evt, evidence, "coordinator");
  CanaryStarted canary;
  canary.experiment = 11;
  canary.variant = 1;
  canary.plan = 3;
  canary.control_plan = 2;
  canary.share = 0.2;
  canary.metric = "clicks";
  canary.guardrail = "satisfaction";
  put(store::Topic::evt, canary, "autoperf");
  CanaryLooked look;
  look.experiment = 11;
  look.requests = 400;
  look.effect = 0.03;
  look.low = 0.01;
  look.high = 0.05;
  put(store::Topic::evt, look, "autoperf");
  formed.interactions = 1500;
  put(store::Topic::evt, formed, "system/0");
  put(store::Topic::evt, VariantPromoted{1, 3, "the interval excludes zero"}, "autoperf");
  put(store::Topic::evt, PlanPromoted{3, 2, 1, "the interval excludes zero"}, "autoperf");
  proposed.variant = 2;
  proposed.summary = "bait the click";
  proposed.plan.version = 4;
  put(store::Topic::evt, proposed, "autofeature");
  canary.experiment = 12;
  canary.variant = 2;
  canary.plan = 4;
  put(store::Topic::evt, canary, "autoperf");
  put(store::Topic::evt, GuardrailCrossed{12, 2, "satisfaction", -0.2, -0.3, -0.1}, "autoperf");
  put(store::Topic::evt, VariantRolledBack{2, 4, "satisfaction fell"}, "autoperf");
}

}  // namespace scratch
