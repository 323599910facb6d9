#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using store::projections::UserProfileRow;
using store::projections::UserProfiles;

namespace {
events::InteractionRecorded interaction(std::uint8_t user, std::uint32_t item, std::int64_t when) {
  events::InteractionRecorded out;
  out.user = user_of(user);
  out.scope = home;
  out.item = ItemIndex(item);
  out.occurred_at = Timestamp(when);
  out.value = 0.5f;
  out.positive = item % 2 == 0;
  return out;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(projections_user_profiles)

BOOST_AUTO_TEST_CASE(interactions_are_counted_and_the_history_is_bounded) {
  Fold<UserProfiles> fold;

  for (std::uint32_t i = 0; i < 60; ++i)
    fold.fact(interaction(1, i, 100 - i));
  fold.fact(interaction(2, 7, 5));

  const auto& row = fold.row<UserProfileRow>(UserProfiles::key(home, user_of(1)));
  BOOST_TEST(row.interactions == 60u);
  BOOST_TEST(row.positives == 30u);
  BOOST_TEST(row.value_sum_e9 == 30'000'000'000);
  BOOST_TEST(row.last_at.value() == 100);
  BOOST_REQUIRE_EQUAL(row.history.size(), UserProfiles::history_max);
  BOOST_TEST(row.history.front().value() == 10u);
  BOOST_TEST(row.history.back().value() == 59u);
  fold.check_reloads();
}

BOOST_AUTO_TEST_CASE(drain_gives_changed_rows_only) {
  Fold<UserProfiles> fold;
  for (std::uint8_t user = 0; user < 10; ++user)
    fold.fact(interaction(user, 1, 1));
  BOOST_TEST(fold.drain() == 10u);

  fold.fact(interaction(3, 2, 2)).fact(interaction(3, 4, 3));

  BOOST_TEST(fold.drain() == 1u);
  BOOST_TEST(fold.drain() == 0u);
  fold.check_reloads();
}

BOOST_AUTO_TEST_CASE(users_of_two_scenes_and_copies_of_facts_are_kept_apart) {
  Fold<UserProfiles> fold;
  auto elsewhere = interaction(1, 1, 1);
  elsewhere.scope.scene = "cart";

  fold.fact(interaction(1, 1, 1)).fact(elsewhere).input(interaction(1, 1, 1));

  BOOST_TEST(fold.row<UserProfileRow>(UserProfiles::key(home, user_of(1))).interactions == 1u);
  BOOST_TEST(
      fold.row<UserProfileRow>(UserProfiles::key(elsewhere.scope, user_of(1))).interactions == 1u);
}

BOOST_AUTO_TEST_CASE(row_that_is_none_is_corrupt) {
  UserProfiles projection;

  refused(projection.load("key", bytes_of("not a table")), Errc::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
