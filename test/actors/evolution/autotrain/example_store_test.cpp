#include "actors/evolution/autotrain/example_store.hpp"

#include "actors/limits.hpp"
#include "model/features/encoder.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::actors;

namespace {

constexpr RequestId request{Bytes16{7}};

events::Event event_of(events::Payload payload) {
  events::Event out;
  out.payload = std::move(payload);
  return out;
}

std::vector<std::uint32_t> ids_of(std::uint32_t item) {
  std::vector<std::uint32_t> out(model::id_column_count());
  out[model::feature_column("item")->column] = item;
  model::ask(out, model::Question::taken);
  return out;
}

enum class Proposed { yes, no };

// Item 5 was rated; items 8 and 9 were other candidates.
ExampleStore told(float rating, Proposed proposed) {
  events::ItemEvaluated evaluated;
  evaluated.request = request;
  evaluated.ids = ids_of(5);
  evaluated.dense.assign(model::dense_column_count(), 0.5f);
  evaluated.candidate = proposed == Proposed::yes;
  for (const std::uint32_t item : {8u, 9u}) {
    const auto ids = ids_of(item);
    evaluated.other_ids.insert(evaluated.other_ids.end(), ids.begin(), ids.end());
    evaluated.other_dense.insert(evaluated.other_dense.end(), model::dense_column_count(), 0.25f);
  }
  events::RatingReceived rated;
  rated.request = request;
  rated.rating = rating;
  ExampleStore store(100);
  store.observe(event_of(std::move(evaluated)));
  store.observe(event_of(std::move(rated)));
  return store;
}

struct Row {
  std::uint32_t item;
  std::uint32_t question;
  float label;
  friend bool operator==(const Row&, const Row&) = default;
};

std::vector<Row> rows_of(const ExampleStore& store) {
  const auto item = model::feature_column("item")->column;
  const auto question = model::feature_column("question")->column;
  std::vector<Row> out;
  for (const auto& each : store.rows(0, 100))
    out.push_back({each.row.ids[item], each.row.ids[question], each.row.label});
  return out;
}

constexpr auto taken = to_underlying(model::Question::taken);
constexpr auto valued = to_underlying(model::Question::valued);

}  // namespace

BOOST_AUTO_TEST_SUITE(actors_example_store)

BOOST_AUTO_TEST_CASE(a_rated_candidate_was_taken_whatever_its_value_and_the_others_were_not) {
  const auto low = rows_of(told(1.5f, Proposed::yes));
  const auto high = rows_of(told(4.5f, Proposed::yes));

  const std::vector<Row> of_low = {{5, valued, 0}, {5, taken, 1}, {8, taken, 0}, {9, taken, 0}};
  const std::vector<Row> of_high = {{5, valued, 1}, {5, taken, 1}, {8, taken, 0}, {9, taken, 0}};
  BOOST_TEST((low == of_low));
  BOOST_TEST((high == of_high));
}

BOOST_AUTO_TEST_CASE(an_item_that_nobody_proposed_tells_its_value_alone) {
  const auto rows = rows_of(told(limits::positive_rating, Proposed::no));

  BOOST_TEST((rows == std::vector<Row>{{5, valued, 1}}));
}

BOOST_AUTO_TEST_CASE(features_are_those_of_the_request) {
  const auto store = told(5, Proposed::yes);

  const auto rows = store.rows(0, 100);
  BOOST_REQUIRE(rows.size() == 4u);
  BOOST_TEST(rows[1].row.dense.front() == 0.5f);
  BOOST_TEST(rows[2].row.dense.front() == 0.25f);
  BOOST_TEST(rows[0].row.dense.size() == model::dense_column_count());
}

BOOST_AUTO_TEST_CASE(a_rating_without_an_evaluation_teaches_nothing) {
  events::RatingReceived rated;
  rated.request = request;
  rated.rating = 5;
  ExampleStore store(100);

  store.observe(event_of(std::move(rated)));

  BOOST_TEST(store.rows(0, 100).empty());
}

BOOST_AUTO_TEST_CASE(the_newest_rows_stay) {
  ExampleStore store(4);
  for (std::uint32_t item = 1; item <= 9; ++item) {
    events::ItemEvaluated evaluated;
    evaluated.request = request;
    evaluated.ids = ids_of(item);
    store.observe(event_of(std::move(evaluated)));
    events::RatingReceived rated;
    rated.request = request;
    store.observe(event_of(std::move(rated)));
  }

  const auto rows = rows_of(store);
  BOOST_REQUIRE(rows.size() == 4u);
  BOOST_TEST(rows.front().item == 6u);
  BOOST_TEST(rows.back().item == 9u);
}

BOOST_AUTO_TEST_SUITE_END()
