// The Open Bandit Dataset: DIR/{random,bts}/CAMPAIGN/CAMPAIGN.csv with item_context.csv beside it,
// for every campaign present. Rows of both policies and all campaigns come back merged in time
// order; ties put random before bts, then campaigns by name, then file order. What cannot be read
// comes back with file, line and reason. Pure functions over files that are not changed meanwhile;
// any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/formats/interner.hpp"
#include "model/formats/row_reader.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

enum class LoggingPolicy : std::uint8_t { random = 0, bts = 1 };
std::string_view to_string(LoggingPolicy policy);

// One affinity that is not zero: how often the user clicked this item before.
struct Affinity {
  std::uint32_t item = 0;  // column of the file = item_id
  float value = 0;
  friend bool operator==(const Affinity&, const Affinity&) = default;
};

struct BanditItem {
  std::string id;
  double feature_0 = 0;
  std::array<std::string, 3> features;  // hashes 1..3, as the first folder that lists the item says
};

struct BanditCampaign {
  std::string name;
  std::vector<BanditItem> items;
};

// One logged impression. Compact: what repeats is kept once in OpenBandit.
struct BanditRow {
  std::int64_t timestamp_ns = 0;
  double propensity = 0;         // of this item in this slot under the policy that logged it
  std::uint32_t user = 0;        // number in OpenBandit::users
  std::uint32_t affinities = 0;  // number in OpenBandit::affinities
  std::uint32_t line = 0;        // in the policy's file, from 1
  std::uint16_t item = 0;        // number in the campaign's items
  std::uint16_t campaign = 0;    // number in OpenBandit::campaigns
  LoggingPolicy policy = LoggingPolicy::random;
  std::uint8_t position = 0;  // 1..3
  std::uint8_t click = 0;     // 0 or 1
  friend bool operator==(const BanditRow&, const BanditRow&) = default;
};

struct OpenBandit {
  std::vector<BanditRow> rows;
  std::vector<BanditCampaign> campaigns;            // by name
  std::vector<std::array<std::uint32_t, 4>> users;  // each: numbers in user_features; distinct
  Interner user_features;                           // values of the four hashed features
  std::vector<std::vector<Affinity>> affinities;    // distinct lists
  std::vector<BadRow> bad_rows;
  std::vector<FileDigest> files;
};

// Reads all of it. Errc::not_found: no such path; Errc::invalid: not a directory, no campaign in it
// (the context lists what was looked for), a file of a campaign is missing, a header lacks a
// column, or a file has not one readable row.
Result<OpenBandit> read_open_bandit(const std::string& directory);

}  // namespace ars::model
