// The report of a run: plain values in, one self-contained HTML page out. No script, no outside
// asset; light and dark follow the reader's setting. Pure functions, any thread.
#pragma once

#include "model/report/plots.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ars::model {

// The outer reward of the whole run, per request; frozen is the twin that stood still.
struct RewardSummary {
  std::string name;  // "ndcg@10", "clicks"
  double system = 0;
  double frozen = 0;
  double difference = 0;
  double low = 0;  // bootstrap over users
  double high = 0;
  std::uint64_t users = 0;
};

// One point in time, by interactions. Means are of the window that ends here; the difference is
// that of all paired requests so far.
struct RewardPoint {
  double interactions = 0;
  double system = 0;
  double frozen = 0;
  std::optional<double> popularity;
  double difference = 0;
  double low = 0;
  double high = 0;
};

// One proposed change and what became of it.
struct ReportChange {
  std::uint64_t number = 0;  // of the variant
  std::string proposer;
  std::string what;
  std::string why;       // prediction or cause, in words
  std::string evidence;  // what was measured, in words
  Mark verdict = Mark::open;
  std::string reason;      // of the verdict
  double proposed_at = 0;  // interactions
  double decided_at = 0;   // open: the end of the run
};

struct ReportCredit {
  std::string agent;
  double estimate = 0;
  double low = 0;
  double high = 0;
  std::uint64_t requests = 0;
};

// Empty: the source does not define it.
struct ReportMetric {
  std::string name;
  std::optional<double> system;
  std::optional<double> frozen;
  std::optional<double> popularity;
  std::optional<double> new_users;
};

struct ReportOffPolicy {
  std::string campaign;
  double estimate = 0;
  double low = 0;
  double high = 0;
  double effective_sample_size = 0;
  std::optional<double> on_policy_reference;
  std::string refused;  // why; empty: not refused
};

enum class ReplayState : std::uint8_t { not_run, equal, diverged };

struct ReportReplay {
  ReplayState state = ReplayState::not_run;
  std::uint64_t exact = 0;
  std::uint64_t equivalent = 0;
  std::uint64_t diverged = 0;
  std::string sentence;  // what was checked, in words
};

struct ReportQuarantine {
  std::string file;
  std::uint64_t line = 0;
  std::string reason;
  std::string text;
};

struct ReportFact {
  std::string name;
  std::string value;
};

struct ReportData {
  std::string title;
  std::vector<ReportFact> facts;  // source, seed, data hash …: shown under the title
  std::uint64_t interactions = 0;
  std::uint64_t requests = 0;
  std::uint64_t events = 0;
  std::optional<RewardSummary> reward;
  std::vector<RewardPoint> reward_over_time;
  std::vector<ReportChange> changes;  // in the order of proposal
  std::vector<ReportCredit> credit;
  std::string credit_unit;  // "ndcg@10 per request"
  std::vector<ReportMetric> metrics;
  std::string protocol;  // what the metrics were measured by
  std::vector<ReportOffPolicy> off_policy;
  ReportReplay replay;
  std::string log_head;
  std::uint64_t quarantined = 0;
  std::vector<ReportQuarantine> quarantine;  // the first ones
};

std::string render_report(const ReportData& data);

// What the run showed, in one or two sentences of plain text. Claims nothing inside the interval.
std::string verdict_sentence(const ReportData& data);

}  // namespace ars::model
