#include "actors/decision/stand_in.hpp"

#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace ars;
using namespace ars::actors;
namespace sample = ars::model::sample;

DecisionViews views_over(model::ViewSet sets) {
  DecisionViews out;
  out.sets = std::move(sets);
  Deployment deployment;
  deployment.champion = 3;
  out.deployment = std::make_shared<const Deployment>(deployment);
  return out;
}

RequestId request_id(std::uint8_t number) {
  Bytes16 raw{};
  raw[0] = number;
  return RequestId(raw);
}

template <class T>
runtime::EventPtr record(T payload) {
  auto out = std::make_shared<events::Event>();
  out->payload = std::move(payload);
  return out;
}

runtime::EventPtr request(std::uint8_t number) {
  events::RequestReceived out;
  out.request = request_id(number);
  out.user = sample::user_id(number);
  out.size = 10;
  out.occurred_at = sample::after_days(40);
  return record(out);
}

runtime::EventPtr route(std::uint8_t number, std::vector<ItemIndex> seen) {
  auto out = sample::request_of(number, std::move(seen));
  out.request = request_id(number);
  out.plan = 5;
  return record(out);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(actors_stand_in)

BOOST_AUTO_TEST_CASE(request_without_a_slate_gets_the_most_popular_items_not_seen) {
  const auto views = views_over(sample::busy_folds(100, 2000).publish());
  const auto& top = views.sets.statistics->top(0).items;
  std::vector<ItemIndex> seen{top[0], top[2]};
  std::sort(seen.begin(), seen.end());

  const auto answers = stand_in({request(1), route(1, seen)}, &views);

  BOOST_REQUIRE(answers.size() == 1u);
  const auto& slate = std::get<events::SlateServed>(answers.front().answer);
  BOOST_TEST(slate.fallback == stand_in_reason);
  BOOST_TEST(slate.plan == 5u);
  BOOST_REQUIRE(slate.items.size() == 10u);
  BOOST_CHECK(slate.items[0].item == top[1]);
  BOOST_CHECK(slate.items[1].item == top[3]);
  for (std::size_t i = 0; i < slate.items.size(); ++i) {
    BOOST_TEST(slate.items[i].slot == i);
    BOOST_TEST(slate.items[i].propensity == 1);
    BOOST_TEST(!slate.items[i].ids.empty());
  }
}

BOOST_AUTO_TEST_CASE(user_whom_nobody_routed_is_answered_as_unknown) {
  const auto views = views_over(sample::busy_folds(100, 2000).publish());

  const auto answers = stand_in({request(1)}, &views);

  BOOST_REQUIRE(answers.size() == 1u);
  const auto& slate = std::get<events::SlateServed>(answers.front().answer);
  BOOST_TEST(slate.plan == 3u);
  BOOST_TEST(slate.segment == "new");
  BOOST_CHECK(slate.items.front().item == views.sets.statistics->top(0).items.front());
}

BOOST_AUTO_TEST_CASE(answered_requests_are_left_alone) {
  const auto views = views_over(sample::busy_folds(100, 2000).publish());
  events::SlateServed served;
  served.request = request_id(1);

  const auto answers = stand_in({request(1), request(2), record(served)}, &views);

  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_CHECK(std::get<events::SlateServed>(answers.front().answer).request == request_id(2));
}

BOOST_AUTO_TEST_CASE(empty_world_gives_an_empty_slate_that_says_so) {
  const auto views = views_over(model::empty_views());

  const auto answers = stand_in({request(1)}, &views);

  BOOST_REQUIRE(answers.size() == 1u);
  const auto& slate = std::get<events::SlateServed>(answers.front().answer);
  BOOST_TEST(slate.items.empty());
  BOOST_CHECK(slate.result == events::ResultCode::empty);
}

BOOST_AUTO_TEST_SUITE_END()
