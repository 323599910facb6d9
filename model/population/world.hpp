// A seeded world of simulated people and items, hidden from the recommender: tastes that drift,
// items that are listed over time, position bias, clicks, and satisfaction that comes later and is
// harmed by what attracts clicks without deserving them. Every random number is keyed by (seed,
// user, ordinal, what for): two worlds of one seed have the same users, arrivals and draws whatever
// slates they are given. The state is a function of the sequence of calls. Owner: one thread.
#pragma once

#include "events/base/prng.hpp"
#include "events/feedback.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ars::model::population {

struct WorldSetting {
  Seed seed{1};
  std::uint32_t users = 400;
  std::uint32_t items = 600;  // listed when the world begins
  std::uint32_t categories = 12;
  std::uint32_t segments = 4;
  double seconds_between_requests = 60;  // mean
  double requests_between_items = 8;     // mean; 0: the catalogue does not grow
  double users_at_start = 0.6;           // share; the others join over join_days
  double join_days = 8;
  double satisfaction_delay_s = 4 * 3600;  // mean
  std::uint16_t slate_size = 10;
  Timestamp begin{1'700'000'000'000'000'000};
};

// An item as it enters the catalogue; its index is the number of items listed before it.
struct NewItem {
  ItemIndex item;
  std::string item_id;
  std::string title;
  Timestamp occurred_at;
  std::vector<std::string> categories;
  std::vector<events::ItemAttribute> attributes;  // appeal, minutes
};

// Somebody asks. `listed` are the items that entered since the arrival before: list them first.
struct Arrival {
  std::uint64_t number = 0;  // from 0, over all users
  std::string user;          // source id
  std::uint32_t user_number = 0;
  std::uint64_t ordinal = 0;  // this user's n-th request, from 0
  Timestamp occurred_at;
  std::uint16_t size = 0;
  std::vector<events::ContextFeature> context;  // device, daypart, channel
  std::vector<NewItem> listed;
};

// Satisfaction with one clicked item, due at a later time.
struct DelayedReward {
  std::uint64_t number = 0;  // of the arrival
  std::string user;
  std::uint64_t ordinal = 0;
  ItemIndex item;
  Timestamp due_at;
  double satisfaction = 0;  // in [0, 1]
};

struct Response {
  Timestamp occurred_at;
  std::vector<events::Outcome> outcomes;  // one per slot; value = click
};

class World {
 public:
  explicit World(const WorldSetting& setting);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The next n requests in time order. The first arrival lists the initial catalogue.
  std::vector<Arrival> next_arrivals(std::size_t n);
  // What the user does with the slate (items by slot). Unknown items get no click. Satisfaction
  // with what is clicked becomes due later.
  Response respond(const Arrival& arrival, std::span<const ItemIndex> slate);
  // Rewards due at or before `now`, by time due, and forgets them.
  std::vector<DelayedReward> delayed(Timestamp now);
  std::size_t delayed_pending() const { return pending_.size(); }

  // The truth, for tests and oracles: probability of a click once seen, and expected satisfaction
  // once clicked.
  double click_probability(const Arrival& arrival, ItemIndex item) const;
  double satisfaction(const Arrival& arrival, ItemIndex item) const;
  // Probability of a click if the item had no appeal at all.
  double honest_click_probability(const Arrival& arrival, ItemIndex item) const;
  // Probability that a slot (from 0) is looked at.
  static double examination(std::size_t slot);
  std::size_t items() const;

 private:
  struct User;
  struct Item;
  void make_users();
  void make_tastes(User& user, Philox& draws) const;
  void make_item(Timestamp listed_at);
  std::size_t pick_user(Philox& draws) const;
  void fill_context(Arrival& arrival) const;
  double taste(const User& user, const Item& item, Timestamp at) const;
  double click_probability(const Arrival& arrival, ItemIndex item, double appeal_share) const;
  NewItem describe(ItemIndex index) const;
  void owe(const Arrival& arrival, ItemIndex item);

  WorldSetting setting_;
  std::vector<User> users_;
  std::vector<Item> items_;
  std::size_t announced_ = 0;  // items already handed out with an arrival
  std::uint64_t arrivals_ = 0;
  Timestamp now_;
  double next_item_at_ = 0;             // in arrivals
  std::vector<DelayedReward> pending_;  // by (due_at, number, item)
};

}  // namespace ars::model::population
