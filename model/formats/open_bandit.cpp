#include "model/formats/open_bandit.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <tuple>

namespace ars::model {
namespace {

using Columns = std::vector<std::string_view>;
using Places = std::vector<std::size_t>;

constexpr std::string_view item_file = "item_context.csv";
constexpr std::size_t user_feature_count = 4;
// Where the columns of a log stand among its places.
enum Place : std::size_t { timestamp, item_id, position, click, propensity, user_feature_0 };
constexpr std::size_t first_affinity = user_feature_0 + user_feature_count;

// What is known about one campaign while its files are read.
struct Campaign {
  std::uint16_t number = 0;
  Interner ids;
  std::vector<std::uint32_t> columns;  // affinity column of each item: its id as a number
};

class Reader {
 public:
  explicit Reader(std::string directory) : directory_(std::move(directory)) {}
  Result<OpenBandit> read();

 private:
  Result<void> find_campaigns();
  Result<void> read_folder(LoggingPolicy policy, const std::string& name);
  // Which items the folder lists.
  Result<std::vector<std::uint16_t>> read_items(const std::string& folder, Campaign& campaign);
  Result<void> read_log(LoggingPolicy policy, const std::string& folder, const std::string& name,
                        const Campaign& campaign, const std::vector<std::uint16_t>& listed);
  std::optional<std::string> take_row(const Columns& columns, const Places& places,
                                      const Campaign& campaign,
                                      const std::vector<std::uint16_t>& listed, BanditRow& row);
  std::optional<std::string> take_user(const Columns& columns, const Places& places,
                                       BanditRow& row);
  std::optional<std::string> take_affinities(const Columns& columns, const Places& places,
                                             const std::vector<std::uint16_t>& listed,
                                             const Campaign& campaign, BanditRow& row);
  Result<void> close(RowReader& rows);

  std::string directory_;
  OpenBandit out_;
  std::map<std::string, Campaign> campaigns_;
  std::map<std::array<std::uint32_t, 4>, std::uint32_t> users_;
  Interner affinity_lists_;
};

std::string path_of(const std::string& directory, std::string_view rest) {
  return fmt::format("{}/{}", directory, rest);
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string folder_of(LoggingPolicy policy, const std::string& name) {
  return fmt::format("{}/{}", to_string(policy), name);
}

// The names of the folders inside a policy's folder, sorted.
std::vector<std::string> subfolders(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator at(path, error);
  while (!error && at != std::filesystem::directory_iterator()) {
    std::error_code ignored;
    if (at->is_directory(ignored)) names.push_back(at->path().filename().string());
    at.increment(error);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> take_action(const Columns& columns, const Places& places,
                                       BanditRow& row) {
  const auto time = parse_utc_ns(columns[places[timestamp]]);
  if (!time) {
    return fmt::format("timestamp '{}' is not YYYY-MM-DD HH:MM:SS[.ffffff]+00:00",
                       excerpt(columns[places[timestamp]]));
  }
  const auto slot = columns[places[position]];
  if (slot != "1" && slot != "2" && slot != "3") {
    return fmt::format("position '{}' is not 1, 2 or 3", excerpt(slot));
  }
  const auto clicked = columns[places[click]];
  if (clicked != "0" && clicked != "1") {
    return fmt::format("click '{}' is not 0 or 1", excerpt(clicked));
  }
  const auto probability = parse_decimal(columns[places[propensity]]);
  if (!probability) {
    return fmt::format("propensity '{}' is not a number", excerpt(columns[places[propensity]]));
  }
  if (!(*probability > 0.0 && *probability <= 1.0)) {
    return fmt::format("propensity {} is outside (0, 1]", *probability);
  }
  row.timestamp_ns = *time;
  row.position = narrow<std::uint8_t>(slot[0] - '0');
  row.click = narrow<std::uint8_t>(clicked[0] - '0');
  row.propensity = *probability;
  return std::nullopt;
}

Result<void> Reader::close(RowReader& rows) {
  ARS_TRY(auto digest, rows.finish());
  out_.files.push_back(std::move(digest));
  auto bad = rows.take_bad_rows();
  out_.bad_rows.insert(out_.bad_rows.end(), std::make_move_iterator(bad.begin()),
                       std::make_move_iterator(bad.end()));
  return success();
}

Result<void> Reader::find_campaigns() {
  if (!exists(directory_)) {
    return fail(Errc::not_found, fmt::format("{}: no such directory", directory_));
  }
  std::error_code error;
  if (!std::filesystem::is_directory(directory_, error)) {
    return fail(Errc::invalid, fmt::format("{}: not a directory", directory_));
  }
  for (const auto policy : {LoggingPolicy::random, LoggingPolicy::bts}) {
    for (const auto& name : subfolders(path_of(directory_, to_string(policy)))) {
      const auto folder = path_of(directory_, folder_of(policy, name));
      const bool log = exists(fmt::format("{}/{}.csv", folder, name));
      const bool items = exists(path_of(folder, item_file));
      if (!log && !items) continue;
      if (log != items) {
        return fail(Errc::invalid, fmt::format("{}: {} is missing", folder,
                                               log ? std::string(item_file) : name + ".csv"));
      }
      campaigns_.try_emplace(name);
    }
  }
  if (campaigns_.empty()) {
    return fail(Errc::invalid,
                fmt::format("{}: no Open Bandit data; looked for random/CAMPAIGN/CAMPAIGN.csv and "
                            "bts/CAMPAIGN/CAMPAIGN.csv with item_context.csv beside it",
                            directory_));
  }
  if (campaigns_.size() > limits::campaigns_max) {
    return fail(Errc::overloaded,
                fmt::format("{}: more than {} campaigns", directory_, limits::campaigns_max));
  }
  for (auto& [name, campaign] : campaigns_) {
    campaign.number = narrow<std::uint16_t>(out_.campaigns.size());
    out_.campaigns.push_back({name, {}});
  }
  return success();
}

Result<std::vector<std::uint16_t>> Reader::read_items(const std::string& folder,
                                                      Campaign& campaign) {
  const auto file = fmt::format("{}/{}", folder, item_file);
  ARS_TRY(auto rows, RowReader::open(directory_, file, {}));
  ARS_TRY(const auto places, rows.header({"item_id", "item_feature_0", "item_feature_1",
                                          "item_feature_2", "item_feature_3"}));
  std::vector<std::uint16_t> listed;
  Columns columns;
  while (rows.next(columns)) {
    if (columns.size() != rows.header_columns()) {
      rows.reject(
          fmt::format("{} columns where {} are expected", columns.size(), rows.header_columns()));
      continue;
    }
    const auto id = columns[places[0]];
    const auto number = parse_whole(id);
    const auto feature = parse_decimal(columns[places[1]]);
    const auto known = campaign.ids.find(id);
    const bool twice = known && std::find(listed.begin(), listed.end(), *known) != listed.end();
    if (!number || *number > limits::campaign_items_max) {
      rows.reject(fmt::format("item_id '{}' is not a whole number up to {}", excerpt(id),
                              limits::campaign_items_max));
    } else if (!feature) {
      rows.reject(fmt::format("item_feature_0 '{}' is not a number", excerpt(columns[places[1]])));
    } else if (twice) {
      rows.reject(fmt::format("item {} is listed twice", id));
    } else {
      auto& items = out_.campaigns[campaign.number].items;
      const auto item = campaign.ids.intern(id);
      if (item == items.size()) {
        campaign.columns.push_back(narrow<std::uint32_t>(*number));
        items.push_back({std::string(id),
                         *feature,
                         {std::string(columns[places[2]]), std::string(columns[places[3]]),
                          std::string(columns[places[4]])}});
      }
      listed.push_back(narrow<std::uint16_t>(item));
    }
  }
  ARS_TRY(close(rows));
  return listed;
}

std::optional<std::string> Reader::take_user(const Columns& columns, const Places& places,
                                             BanditRow& row) {
  std::array<std::uint32_t, user_feature_count> user{};
  for (std::size_t i = 0; i < user_feature_count; ++i) {
    const auto value = columns[places[user_feature_0 + i]];
    if (value.empty()) return fmt::format("user_feature_{} is missing", i);
    user[i] = out_.user_features.intern(value);
  }
  const auto [at, added] = users_.try_emplace(user, narrow<std::uint32_t>(out_.users.size()));
  if (added) out_.users.push_back(user);
  row.user = at->second;
  return std::nullopt;
}

std::optional<std::string> Reader::take_affinities(const Columns& columns, const Places& places,
                                                   const std::vector<std::uint16_t>& listed,
                                                   const Campaign& campaign, BanditRow& row) {
  std::vector<Affinity> list;
  std::string key;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const auto text = columns[places[first_affinity + i]];
    if (text == "0.0" || text == "0") continue;
    const auto value = parse_decimal(text);
    const auto column = campaign.columns[listed[i]];
    if (!value) {
      return fmt::format("user-item_affinity_{} '{}' is not a number", column, excerpt(text));
    }
    if (*value == 0) continue;
    list.push_back({column, static_cast<float>(*value)});
    key.append(fmt::format("{}:{};", column, list.back().value));
  }
  row.affinities = affinity_lists_.intern(key);
  if (row.affinities == out_.affinities.size()) out_.affinities.push_back(std::move(list));
  return std::nullopt;
}

std::optional<std::string> Reader::take_row(const Columns& columns, const Places& places,
                                            const Campaign& campaign,
                                            const std::vector<std::uint16_t>& listed,
                                            BanditRow& row) {
  const auto id = columns[places[item_id]];
  if (id.empty()) return "item_id is missing";
  if (auto wrong = take_action(columns, places, row)) return wrong;
  const auto item = campaign.ids.find(id);
  if (!item || std::find(listed.begin(), listed.end(), *item) == listed.end()) {
    return fmt::format("item {} is not listed in {}", excerpt(id), item_file);
  }
  row.item = narrow<std::uint16_t>(*item);
  // Last, because they number what is new: a row that is rejected must leave no trace.
  if (auto wrong = take_affinities(columns, places, listed, campaign, row)) return wrong;
  return take_user(columns, places, row);
}

Result<void> Reader::read_log(LoggingPolicy policy, const std::string& folder,
                              const std::string& name, const Campaign& campaign,
                              const std::vector<std::uint16_t>& listed) {
  ARS_TRY(auto rows, RowReader::open(directory_, fmt::format("{}/{}.csv", folder, name), {}));
  std::vector<std::string> wanted = {"timestamp", "item_id", "position", "click",
                                     "propensity_score"};
  for (std::size_t i = 0; i < user_feature_count; ++i) {
    wanted.push_back(fmt::format("user_feature_{}", i));
  }
  for (const auto item : listed) {
    wanted.push_back(fmt::format("user-item_affinity_{}", campaign.columns[item]));
  }
  ARS_TRY(const auto places, rows.header(wanted));
  Columns columns;
  while (rows.next(columns)) {
    BanditRow row;
    std::optional<std::string> wrong;
    if (columns.size() != rows.header_columns()) {
      wrong =
          fmt::format("{} columns where {} are expected", columns.size(), rows.header_columns());
    } else {
      wrong = take_row(columns, places, campaign, listed, row);
    }
    if (wrong) {
      rows.reject(std::move(*wrong));
      continue;
    }
    row.line = narrow<std::uint32_t>(rows.line());
    row.campaign = campaign.number;
    row.policy = policy;
    out_.rows.push_back(row);
  }
  return close(rows);
}

Result<void> Reader::read_folder(LoggingPolicy policy, const std::string& name) {
  const auto folder = folder_of(policy, name);
  if (!exists(path_of(directory_, folder + "/" + name + ".csv"))) return success();
  auto& campaign = campaigns_[name];
  ARS_TRY(const auto listed, read_items(folder, campaign));
  return read_log(policy, folder, name, campaign, listed);
}

Result<OpenBandit> Reader::read() {
  ARS_TRY(find_campaigns());
  for (const auto policy : {LoggingPolicy::random, LoggingPolicy::bts}) {
    for (const auto& [name, campaign] : campaigns_)
      ARS_TRY(read_folder(policy, name));
  }
  std::sort(out_.rows.begin(), out_.rows.end(), [](const BanditRow& a, const BanditRow& b) {
    return std::tuple(a.timestamp_ns, a.policy, a.campaign, a.line) <
           std::tuple(b.timestamp_ns, b.policy, b.campaign, b.line);
  });
  return std::move(out_);
}

}  // namespace

std::string_view to_string(LoggingPolicy policy) {
  return policy == LoggingPolicy::random ? "random" : "bts";
}

Result<OpenBandit> read_open_bandit(const std::string& directory) {
  return Reader(directory).read();
}

}  // namespace ars::model
