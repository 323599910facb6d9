// A run as a report shows it, with every section filled: for tests, and to look at. Value; any
// thread.
#pragma once

#include "events/base/prng.hpp"
#include "model/report/html.hpp"

#include <cmath>
#include <string>

namespace ars::test {

inline void add_curve(model::ReportData& data) {
  Philox random(4, 1);
  double sum = 0;
  for (int i = 1; i <= 120; ++i) {
    const double x = 250.0 * i;
    const double drift = 0.004 * std::sin(i / 9.0);
    const double frozen = 0.052 + drift + 0.0018 * random.normal() - 0.00006 * i;
    const double gain = i < 15 ? 0 : i < 48 ? 0.0015 : i < 85 ? 0.0042 : 0.0060;
    const double system = i < 15 ? frozen : frozen + gain + 0.0009 * random.normal();
    sum += system - frozen;
    const double mean = sum / i;
    const double half = i < 15 ? 0 : 0.0052 / std::sqrt(i - 12.0);
    data.reward_over_time.push_back({x, system, frozen, 0.043 + drift + 0.001 * random.normal(),
                                     mean, mean - half, mean + half});
  }
}

inline void add_changes(model::ReportData& data) {
  using model::Mark;
  data.changes = {
      {1, "autotrain", "first ranker trained (DeepFM, 14 features)", "nothing was trained yet", "",
       Mark::promoted, "the first training goes live", 3000, 3500},
      {2, "autotrain", "learning rate 0.01 -> 0.02", "TPE trial 4: predicted +0.0010 \u00B1 0.0020",
       "3 seeds, mean \u22120.00041, noise floor 0.00180", Mark::rejected,
       "a mean gain of \u22120.00041 is not above the noise floor", 4200, 5100},
      {3, "composition", "recall content added, quota 150", "18 % of requests come from new users",
       "5 folds, mean +0.00210 [+0.00060, +0.00350]; canary +0.00180 [+0.00020, +0.00340]",
       Mark::promoted, "the metric is better, p 0.0121, after 2,400 requests", 6500, 12000},
      {4, "autofeature", "feature click_bait_score added",
       "marginal gain in AUC +0.012 on logged clicks",
       "3 seeds, mean +0.0121 [+0.0090, +0.0152], noise floor 0.0031", Mark::rolled_back,
       "the guardrail satisfaction fell by 0.0410 [\u22120.0622, \u22120.0205], more than the "
       "0.0100 "
       "allowed",
       9000, 15300},
      {5, "autotrain", "epochs 2 -> 3", "TPE trial 7: predicted +0.0008 \u00B1 0.0015",
       "3 seeds, mean +0.00102, noise floor 0.00171", Mark::rejected,
       "a mean gain of +0.00102 is not above the noise floor", 10500, 11800},
      {6, "autotrain", "learning rate 0.01 -> 0.004, weight decay 1e-05 -> 0.0001",
       "TPE trial 9: predicted +0.0030 \u00B1 0.0020",
       "3 seeds, mean +0.00430, noise floor 0.00170; canary +0.00260 [+0.00050, +0.00470]",
       Mark::promoted, "the metric is better, p 0.0033, after 3,100 requests", 16000, 21200},
      {7, "autoperf", "canary share 0.05 -> 0.10",
       "p99 of 9 ms leaves room under the limit of 20 ms", "cost model 9.1 ms -> 9.4 ms",
       Mark::promoted, "within the latency limit", 17500, 17500},
      {8, "composition", "recall sequence added, quota 100", "heavy users repeat short sequences",
       "5 folds, mean +0.00040 [\u22120.00090, +0.00170]", Mark::rejected,
       "the paired interval holds 0", 22500, 23900},
      {9, "autofeature", "feature item_age_days retired",
       "permutation gain \u22120.0002 \u00B1 0.0004", "3 seeds, mean \u22120.00003", Mark::rejected,
       "not above the noise floor", 24500, 25600},
      {10, "autotrain", "mmr lambda 0.8 -> 0.7", "operator change_diversity", "", Mark::open,
       "undecided: +0.00081 [\u22120.00110, +0.00272]", 27000, 30000}};
}

inline model::ReportData sample_report() {
  model::ReportData data;
  data.title = "MovieLens latest-small: 30,000 interactions with evolution";
  data.facts = {{"Source", "movielens:../shared/data/ml-latest-small"},
                {"Seed", "7, lockstep"},
                {"Data hash", "5b1c2f40a9d7e6381122334455667788990011223344556677889900aabbccdd"},
                {"Backend", "embedded"}};
  data.interactions = 30'000;
  data.requests = 30'000;
  data.events = 412'306;
  data.reward = model::RewardSummary{"NDCG@10", 0.0541, 0.0508, 0.0033, 0.0023, 0.0043, 610};
  add_curve(data);
  add_changes(data);
  data.credit_unit = "NDCG@10 per request";
  data.credit = {{"recall.popularity", 0.0031, 0.0012, 0.0050, 4'000},
                 {"ranking", 0.0124, 0.0101, 0.0147, 4'000},
                 {"recall.covisitation", 0.0083, 0.0061, 0.0105, 4'000},
                 {"recall.content", 0.0016, 0.0001, 0.0031, 4'000},
                 {"rerank", -0.0009, -0.0021, 0.0003, 4'000}};
  data.protocol =
      "Progressive validation over all rows in time order, full catalogue without the user's "
      "earlier "
      "items, every rating a target; AUC on rows after the first training, label rating >= 4.";
  data.metrics = {{"hit rate @10", 0.1043, 0.0988, 0.0812, 0.0655},
                  {"NDCG@10", 0.0541, 0.0508, 0.0421, 0.0331},
                  {"AUC", 0.7312, 0.7244, std::nullopt, 0.6911},
                  {"log loss", 0.6011, 0.6098, std::nullopt, 0.6420}};
  data.replay = {model::ReplayState::equal, 182'440, 12, 0,
                 "all states were folded again from the log and their hashes agree"};
  data.log_head = "9f2c4e6a8b0d1f3a5c7e9b1d3f5a7c9e0b2d4f6a8c0e1b3d5f7a9c1e3b5d7f90";
  data.quarantined = 3;
  data.quarantine = {
      {"ratings.csv", 512, "rating 'abc' is not a number", "14,47,abc,835441272"},
      {"ratings.csv", 9'220, "item 999999 is not listed in movies.csv", "62,999999,4.0,1521985129"},
      {"ratings.csv", 20'001, "3 columns where 4 are expected", "<b>132</b>,1200,3"}};
  return data;
}

}  // namespace ars::test
