#include "model/population/world.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace ars::model::population {
namespace {

constexpr std::size_t latents = 4;
constexpr double day_s = 86400;
constexpr double two_pi = 6.283185307179586476925;

// How clicks and satisfaction come about; the figures that test/model/population measures.
constexpr double click_base = -3.8;
constexpr double taste_weight = 1.0;
constexpr double latent_weight = 0.4;
constexpr double quality_weight = 0.45;
constexpr double freshness_weight = 1.6;
constexpr double freshness_half_life_s = 2 * day_s;
constexpr double clicked_again = 0.1;  // of the probability, for an item clicked before
constexpr double satisfaction_base = 1.0;
constexpr double satisfaction_taste = 0.45;
constexpr double satisfaction_quality = 0.7;
constexpr double satisfaction_appeal = -2.2;  // what attracts without deserving disappoints
constexpr double satisfaction_noise = 0.12;
constexpr double favourite_taste = 2.8;
constexpr std::size_t pool_size = 3;  // categories that a segment likes
constexpr double other_taste = -0.9;
constexpr double drift_amplitude = 0.3;
constexpr double season_amplitude = 0.25;

// Susceptibility to appeal by segment, in turn.
constexpr std::array susceptibilities{1.0, 0.8, 0.4, 0.2};

// What a stream of draws is for; with the seed and the number of a user or item it names the key.
enum class Purpose : std::uint64_t {
  user = 1,
  item,
  arrival,
  context,
  examination,
  click,
  satisfaction,
  delay,
  season
};

constexpr std::array category_names{"news",    "sport", "music", "film",  "travel", "food",
                                    "science", "games", "style", "money", "nature", "comedy"};
constexpr std::array devices{"phone", "desktop", "tablet", "television"};
constexpr std::array dayparts{"night", "morning", "afternoon", "evening"};
constexpr std::array channels{"social", "search", "letter", "direct"};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

Philox draws_for(Seed seed, Purpose purpose, std::uint64_t who, std::uint64_t counter = 0,
                 std::uint64_t what = 0) {
  return Philox(mix_key(seed.value(), to_underlying(purpose), who), mix_key(counter, what));
}

Duration seconds(double value) { return Duration(truncate<std::int64_t>(value * 1e9)); }

}  // namespace

struct World::User {
  std::string name;
  std::size_t segment = 0;
  std::vector<double> taste;        // by category, before the switch
  std::vector<double> taste_later;  // after it
  Timestamp switch_at;
  std::vector<double> phase;  // of its drift
  std::vector<double> period_s;
  std::array<double, latents> latent{};
  double susceptibility = 0;
  double bias = 0;
  double activity = 0;
  std::size_t device = 0;
  Timestamp joined_at;
  std::uint64_t requests = 0;
  std::vector<ItemIndex> clicked;
};

struct World::Item {
  std::vector<std::size_t> categories;
  std::array<double, latents> latent{};
  double quality = 0;
  double appeal = 0;
  double minutes = 0;
  Timestamp listed_at;
};

World::World(const WorldSetting& setting) : setting_(setting), now_(setting.begin) {
  ARS_CHECK(setting.users > 0 && setting.categories > 0 && setting.segments > 0,
            "a world needs users, categories and segments");
  make_users();
  for (std::uint32_t i = 0; i < setting_.items; ++i) {
    // The initial catalogue entered over the ten days before.
    auto draws = draws_for(setting_.seed, Purpose::item, i, 1);
    make_item(Timestamp(setting_.begin.value() - seconds(draws.uniform() * 10 * day_s).ns()));
  }
  next_item_at_ = setting_.requests_between_items;
}

World::~World() = default;

std::size_t World::items() const { return items_.size(); }

double World::examination(std::size_t slot) { return 1 / (1 + 0.12 * to_double(slot)); }

// Three favourite categories, two of them from the segment's pool; later one of them is replaced.
void World::make_tastes(User& user, Philox& draws) const {
  const auto count = setting_.categories;
  for (std::uint32_t c = 0; c < count; ++c) {
    user.taste.push_back(other_taste + 0.3 * draws.normal());
    user.phase.push_back(draws.uniform() * two_pi);
    user.period_s.push_back((8 + 10 * draws.uniform()) * day_s);
  }
  const auto pool = user.segment * pool_size;
  const auto first = (pool + draws.below(pool_size)) % count;
  user.taste[first] += favourite_taste;
  user.taste[(pool + (first - pool % count + 1 + draws.below(pool_size - 1)) % pool_size) %
             count] += favourite_taste;
  const auto third = draws.below(count);
  user.taste[third] += favourite_taste;
  user.taste_later = user.taste;
  user.taste_later[first] -= favourite_taste;
  user.taste_later[draws.below(count)] += favourite_taste;
  user.switch_at = setting_.begin + seconds((2 + 16 * draws.uniform()) * day_s);
}

void World::make_users() {
  for (std::uint32_t i = 0; i < setting_.users; ++i) {
    auto draws = draws_for(setting_.seed, Purpose::user, i);
    User user;
    user.name = fmt::format("user-{:04}", i);
    user.segment = draws.below(setting_.segments);
    make_tastes(user, draws);
    for (auto& each : user.latent)
      each = draws.normal();
    user.susceptibility =
        susceptibilities[user.segment % susceptibilities.size()] + 0.1 * draws.normal();
    user.bias = 0.3 * draws.normal();
    user.activity = std::exp(0.7 * draws.normal());
    user.device = draws.below(devices.size());
    const double share = (to_double(i) + 0.5) / to_double(setting_.users);
    const double late = std::max(0.0, share - setting_.users_at_start);
    const double wait = late / std::max(1e-9, 1 - setting_.users_at_start);
    user.joined_at = setting_.begin + seconds(late > 0 ? wait * setting_.join_days * day_s : 0);
    users_.push_back(std::move(user));
  }
}

void World::make_item(Timestamp listed_at) {
  auto draws = draws_for(setting_.seed, Purpose::item, items_.size());
  Item item;
  item.categories.push_back(draws.below(setting_.categories));
  const auto second = draws.below(setting_.categories);
  if (draws.uniform() < 0.5 && second != item.categories[0]) item.categories.push_back(second);
  for (auto& each : item.latent)
    each = draws.normal();
  item.quality = draws.normal();
  item.appeal = draws.normal();
  item.minutes = 2 + 10 * draws.exponential();
  item.listed_at = listed_at;
  items_.push_back(std::move(item));
}

NewItem World::describe(ItemIndex index) const {
  const auto& item = items_[index.value()];
  NewItem out;
  out.item = index;
  out.item_id = fmt::format("item-{:05}", index.value());
  out.occurred_at = item.listed_at;
  for (const auto category : item.categories) {
    out.categories.push_back(category < category_names.size()
                                 ? std::string(category_names[category])
                                 : fmt::format("category-{}", category));
  }
  out.title = fmt::format("{} {}", out.categories.front(), index.value());
  out.attributes = {{"appeal", item.appeal}, {"minutes", item.minutes}};
  return out;
}

std::size_t World::pick_user(Philox& draws) const {
  std::vector<double> weights;
  weights.reserve(users_.size());
  for (const auto& user : users_)
    weights.push_back(user.joined_at <= now_ ? user.activity : 0);
  return draws.pick(weights);
}

void World::fill_context(Arrival& arrival) const {
  const auto& user = users_[arrival.user_number];
  auto draws = draws_for(setting_.seed, Purpose::context, arrival.user_number, arrival.ordinal);
  const auto device = draws.uniform() < 0.8 ? user.device : draws.below(devices.size());
  const auto hour = arrival.occurred_at.value() / 3'600'000'000'000 % 24;
  const auto daypart = narrow<std::size_t>(hour < 0 ? hour + 24 : hour) / 6;
  const auto other = draws.below(channels.size());
  const auto channel = draws.uniform() < 0.85 ? user.segment % channels.size() : other;
  arrival.context = {
      {"device", devices[device]}, {"daypart", dayparts[daypart]}, {"channel", channels[channel]}};
}

std::vector<Arrival> World::next_arrivals(std::size_t n) {
  std::vector<Arrival> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    auto draws = draws_for(setting_.seed, Purpose::arrival, arrivals_);
    now_ = now_ + seconds(setting_.seconds_between_requests * draws.exponential());
    const auto chosen = pick_user(draws);
    auto& user = users_[chosen];
    Arrival arrival;
    arrival.number = arrivals_;
    arrival.user = user.name;
    arrival.user_number = narrow<std::uint32_t>(chosen);
    arrival.ordinal = user.requests++;
    arrival.occurred_at = now_;
    arrival.size = setting_.slate_size;
    fill_context(arrival);
    while (setting_.requests_between_items > 0 && next_item_at_ <= to_double(arrivals_)) {
      make_item(now_);
      auto gap = draws_for(setting_.seed, Purpose::item, items_.size(), 2);
      next_item_at_ += setting_.requests_between_items * gap.exponential();
    }
    for (; announced_ < items_.size(); ++announced_) {
      arrival.listed.push_back(describe(ItemIndex(narrow<std::uint32_t>(announced_))));
    }
    ++arrivals_;
    out.push_back(std::move(arrival));
  }
  return out;
}

// Tastes drift, each user's in a rhythm of its own; categories have a season for everybody.
double World::taste(const User& user, const Item& item, Timestamp at) const {
  const double age_s = (at - setting_.begin).seconds();
  const double later = sigmoid((at - user.switch_at).seconds() / day_s);
  double sum = 0;
  for (const auto c : item.categories) {
    const double season = std::sin(two_pi * (age_s / (9 * day_s) + to_double(c) / 7));
    sum += (1 - later) * user.taste[c] + later * user.taste_later[c] + season_amplitude * season +
           drift_amplitude * std::sin(two_pi * age_s / user.period_s[c] + user.phase[c]);
  }
  return sum / to_double(item.categories.size());
}

double World::click_probability(const Arrival& arrival, ItemIndex index,
                                double appeal_share) const {
  if (index.value() >= items_.size()) return 0;
  const auto& user = users_[arrival.user_number];
  const auto& item = items_[index.value()];
  double latent = 0;
  for (std::size_t i = 0; i < latents; ++i)
    latent += user.latent[i] * item.latent[i];
  const double age_s = std::max(0.0, (arrival.occurred_at - item.listed_at).seconds());
  const double logit = click_base + user.bias +
                       taste_weight * taste(user, item, arrival.occurred_at) +
                       latent_weight * latent / 2 + quality_weight * item.quality +
                       freshness_weight * std::exp2(-age_s / freshness_half_life_s) +
                       appeal_share * user.susceptibility * item.appeal;
  const bool again =
      std::find(user.clicked.begin(), user.clicked.end(), index) != user.clicked.end();
  return sigmoid(logit) * (again ? clicked_again : 1);
}

double World::click_probability(const Arrival& arrival, ItemIndex item) const {
  return click_probability(arrival, item, 1);
}

double World::honest_click_probability(const Arrival& arrival, ItemIndex item) const {
  return click_probability(arrival, item, 0);
}

double World::satisfaction(const Arrival& arrival, ItemIndex index) const {
  if (index.value() >= items_.size()) return 0;
  const auto& item = items_[index.value()];
  return sigmoid(satisfaction_base +
                 satisfaction_taste *
                     taste(users_[arrival.user_number], item, arrival.occurred_at) +
                 satisfaction_quality * item.quality + satisfaction_appeal * item.appeal);
}

Response World::respond(const Arrival& arrival, std::span<const ItemIndex> slate) {
  ARS_CHECK(arrival.user_number < users_.size(), "user {} is not of this world",
            arrival.user_number);
  Response out;
  out.occurred_at = arrival.occurred_at + Duration::seconds(20);
  const auto who = arrival.user_number;
  for (std::size_t slot = 0; slot < slate.size(); ++slot) {
    const auto item = slate[slot];
    events::Outcome outcome;
    outcome.item = item;
    outcome.slot = narrow<std::uint16_t>(slot);
    auto look = draws_for(setting_.seed, Purpose::examination, who, arrival.ordinal, slot);
    outcome.viewed = look.uniform() < examination(slot);
    auto press = draws_for(setting_.seed, Purpose::click, who, arrival.ordinal, item.value());
    if (outcome.viewed && press.uniform() < click_probability(arrival, item)) {
      outcome.click = 1;
      outcome.value = 1;
      users_[who].clicked.push_back(item);
      owe(arrival, item);
    }
    out.outcomes.push_back(outcome);
  }
  return out;
}

void World::owe(const Arrival& arrival, ItemIndex item) {
  const auto who = arrival.user_number;
  auto wait = draws_for(setting_.seed, Purpose::delay, who, arrival.ordinal, item.value());
  auto mood = draws_for(setting_.seed, Purpose::satisfaction, who, arrival.ordinal, item.value());
  DelayedReward reward{
      .number = arrival.number,
      .user = arrival.user,
      .ordinal = arrival.ordinal,
      .item = item,
      .due_at = arrival.occurred_at +
                seconds(setting_.satisfaction_delay_s * (0.25 + 0.75 * wait.exponential())),
      .satisfaction =
          std::clamp(satisfaction(arrival, item) + satisfaction_noise * mood.normal(), 0.0, 1.0)};
  const auto earlier = [](const DelayedReward& a, const DelayedReward& b) {
    return std::tuple(a.due_at, a.number, a.item) < std::tuple(b.due_at, b.number, b.item);
  };
  pending_.insert(std::lower_bound(pending_.begin(), pending_.end(), reward, earlier), reward);
}

std::vector<DelayedReward> World::delayed(Timestamp now) {
  auto end = pending_.begin();
  while (end != pending_.end() && end->due_at <= now)
    ++end;
  std::vector<DelayedReward> out(pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  return out;
}

}  // namespace ars::model::population
