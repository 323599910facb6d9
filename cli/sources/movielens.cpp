#include "model/formats/movielens.hpp"

#include "actors/evolution/autotrain/ranker_space.hpp"
#include "cli/sources/catalog.hpp"
#include "events/base/narrow.hpp"
#include "model/features/feature_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::cli {
namespace {

constexpr std::uint64_t items_per_batch = 500;
constexpr std::string_view uri = "movielens";

// Ratings in time order: a request, an evaluation of the rated item, then the rating - rank first,
// told second. Positions: items of the item file, quarantined rows, then ratings.
class MovieLens final : public Source {
 public:
  MovieLens(SourceSetting setting, model::MovieLensItems items, model::MovieLensRatings ratings)
      : setting_(std::move(setting)),
        names_(setting_.pseudonym_key),
        items_(std::move(items)),
        ratings_(std::move(ratings)) {
    bad_ = items_.bad_rows;
    bad_.insert(bad_.end(), ratings_.bad_rows.begin(), ratings_.bad_rows.end());
    listed_.assign(ratings_.items.size(), items_.items.empty() ? 0 : 1);
    for (const auto& row : ratings_.rows)
      ordinals_.push_back(take_ordinal(row.user));
    pseudonyms_.resize(ratings_.users.size());
    for (std::size_t u = 0; u < pseudonyms_.size(); ++u) {
      pseudonyms_[u] = names_.user(scope_, ratings_.users.text(narrow<std::uint32_t>(u)));
    }
    // Without an item file an item enters with its first rating, in time order.
    if (items_.items.empty()) {
      index_.assign(ratings_.items.size(), 0);
      std::uint32_t next = 0;
      for (const auto& row : ratings_.rows) {
        if (listed_[row.item] != 0) continue;
        listed_[row.item] = 1;
        index_[row.item] = next++;
      }
      first_.assign(ratings_.rows.size(), 0);
      std::vector<std::uint8_t> known(ratings_.items.size(), 0);
      for (std::size_t i = 0; i < ratings_.rows.size(); ++i) {
        first_[i] = known[ratings_.rows[i].item] == 0 ? 1 : 0;
        known[ratings_.rows[i].item] = 1;
      }
    }
  }

  std::string name() const override { return "movielens"; }
  Bytes32 data_hash() const override { return model::data_hash(items_, ratings_); }
  std::uint64_t quarantined() const override { return bad_.size(); }
  void observe(const events::Event&) override {}

  events::EvolutionConfigured evolution() const override {
    auto out = common_evolution(setting_);
    out.metric = "ndcg@10";
    out.shadow_pairs = true;
    out.withheld = {"appeal", "question"};
    const auto rows = ratings_.rows.size();
    out.first_training_after = 5000;
    out.checkpoint_every = 2 * setting_.checkpoint_every;
    pace_evolution(out,
                   setting_.target == 0 ? rows : std::min<std::uint64_t>(setting_.target, rows));
    return out;
  }
  events::ServingPlan first_plan() const override {
    auto plan = common_plan(setting_);
    // Ratings come whatever was shown: what a user does next is in the histories, not in the slate.
    plan.recalls.insert(plan.recalls.begin(), {"sequence", 80, 3.0, 0});
    plan.ranker = actors::ranker_at(actors::choice_ranker_point(), model::choice_feature_plan());
    plan.rerank.mmr_lambda = 1;
    plan.rerank.explore_share = 0.05;
    plan.rerank.explore_slots = 1;
    return plan;
  }

  Result<std::optional<runtime::FormBatch>> next(const runtime::SourceMark& mark,
                                                 std::uint64_t interactions_max) override {
    runtime::FormBatch out;
    out.mark = mark;
    auto& position = out.mark.position;
    const auto items = items_.items.size();
    if (position < items + bad_.size()) {
      auto& wave = out.waves.emplace_back();
      for (; wave.size() < items_per_batch && position < items + bad_.size(); ++position) {
        wave.push_back(position < items ? list_item(position) : quarantine(position - items));
      }
      return out;
    }
    const auto start = items + bad_.size();
    for (std::uint64_t n = 0; n < interactions_max; ++n) {
      const auto row = position - start;
      if (row >= ratings_.rows.size()) break;
      add_row(row, out.waves);
      position += 1;
      out.mark.interactions += 1;
    }
    if (out.waves.empty()) return std::optional<runtime::FormBatch>();
    return out;
  }

 private:
  std::uint64_t take_ordinal(std::uint32_t user) {
    if (requests_.size() <= user) requests_.resize(user + 1, 0);
    return requests_[user]++;
  }
  ItemIndex index_of(std::uint32_t item) const {
    return ItemIndex(index_.empty() ? item : index_[item]);
  }
  static Timestamp at(std::uint32_t seconds) {
    return Timestamp(std::int64_t{seconds} * 1'000'000'000);
  }

  runtime::InputDraft list_item(std::uint64_t i) const {
    const auto& item = items_.items[i];
    events::ItemListed listed;
    listed.scope = scope_;
    listed.item = ItemIndex(narrow<std::uint32_t>(i));
    listed.item_id = item.id;
    listed.title = item.title;
    listed.categories = item.genres;
    if (item.year > 0) listed.attributes.push_back({"year", to_double(item.year)});
    if (!ratings_.rows.empty()) listed.occurred_at = at(ratings_.rows.front().seconds);
    return draft(std::move(listed), std::string(uri), fmt::format("item/{}", i), {});
  }
  runtime::InputDraft quarantine(std::uint64_t i) const {
    const auto& row = bad_[i];
    return draft(events::InputQuarantined{row.file, row.line, row.reason, row.text},
                 std::string(uri), fmt::format("bad/{}", i), {});
  }
  void add_row(std::uint64_t row, std::vector<std::vector<runtime::InputDraft>>& waves) const {
    const auto& rating = ratings_.rows[row];
    const auto user = pseudonyms_[rating.user];
    const auto id = request_id(uri, scope_, row);
    const auto when = at(rating.seconds);
    events::RequestReceived request;
    request.request = id;
    request.user = user;
    request.scope = scope_;
    request.occurred_at = when;
    request.size = narrow<std::uint16_t>(setting_.slate_size);
    request.ordinal = ordinals_[row];
    waves.push_back(
        {draft(std::move(request), std::string(uri), fmt::format("request/{}", row), id)});
    auto& told = waves.emplace_back();
    if (!first_.empty() && first_[row] != 0) {
      events::ItemListed listed;
      listed.scope = scope_;
      listed.item = index_of(rating.item);
      listed.item_id = ratings_.items.text(rating.item);
      listed.occurred_at = when;
      told.push_back(draft(std::move(listed), std::string(uri), fmt::format("item/{}", row), id));
    }
    told.push_back(draft(events::EvaluationRequested{id, user, index_of(rating.item)},
                         std::string(uri), fmt::format("evaluation/{}", row), id));
    events::RatingReceived told_rating;
    told_rating.request = id;
    told_rating.user = user;
    told_rating.scope = scope_;
    told_rating.occurred_at = when;
    told_rating.item = index_of(rating.item);
    told_rating.rating = rating.rating();
    waves.push_back(
        {draft(std::move(told_rating), std::string(uri), fmt::format("rating/{}", row), id)});
  }

  SourceSetting setting_;
  Pseudonyms names_;
  events::Scope scope_{"default", "default"};
  model::MovieLensItems items_;
  model::MovieLensRatings ratings_;
  std::vector<model::BadRow> bad_;
  std::vector<std::uint64_t> requests_;
  std::vector<std::uint64_t> ordinals_;  // by row
  std::vector<UserId> pseudonyms_;
  std::vector<std::uint8_t> listed_;
  std::vector<std::uint32_t> index_;  // by item number, without an item file
  std::vector<std::uint8_t> first_;   // by row: the item enters with it
};

}  // namespace

Result<std::unique_ptr<Source>> open_movielens(const SourceSetting& setting) {
  ARS_TRY(const auto files, model::find_movielens(setting.directory));
  ARS_TRY(auto items, model::read_items(files));
  ARS_TRY(auto ratings, model::read_ratings(files, items));
  return std::unique_ptr<Source>(
      std::make_unique<MovieLens>(setting, std::move(items), std::move(ratings)));
}

}  // namespace ars::cli
