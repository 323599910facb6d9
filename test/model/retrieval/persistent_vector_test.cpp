#include "model/retrieval/persistent_vector.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using ars::model::PersistentVector;

BOOST_AUTO_TEST_SUITE(model_persistent_vector)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_across_leaves_and_levels) {
  PersistentVector<std::uint64_t, 4> values;

  for (std::size_t i = 0; i < 100'000; i += 7)
    values.edit(i) = i + 1;

  BOOST_TEST(values.size() == 99'996u);
  for (std::size_t i = 0; i < values.size(); i += 7) {
    BOOST_REQUIRE(values.find(i) != nullptr);
    BOOST_REQUIRE_EQUAL(*values.find(i), i + 1);
  }
  BOOST_TEST(*values.find(1) == 0u);
  BOOST_TEST(values.find(values.size()) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_snapshot_never_changes) {
  PersistentVector<std::string> values;
  for (std::size_t i = 0; i < 1000; ++i)
    values.edit(i) = "old";

  const auto snapshot = values.snapshot();
  const auto second = values.snapshot();
  values.edit(500) = "new";
  values.edit(5000) = "new";

  BOOST_TEST(*snapshot.find(500) == "old");
  BOOST_TEST(*second.find(500) == "old");
  BOOST_TEST(snapshot.size() == 1000u);
  BOOST_TEST(*values.find(500) == "new");
  BOOST_TEST(values.size() == 5001u);
}

BOOST_AUTO_TEST_CASE(an_edit_after_a_snapshot_costs_the_same_at_any_size) {
  const auto cost_at = [](std::size_t size) {
    PersistentVector<std::uint32_t> values;
    for (std::size_t i = 0; i < size; ++i)
      values.edit(i) = 1;
    const auto snapshot = values.snapshot();
    const auto before = values.nodes_made();
    values.edit(0) = 2;
    values.edit(1) = 2;
    return values.nodes_made() - before + snapshot.size() * 0;
  };

  BOOST_TEST(cost_at(100) == 4u);
  BOOST_TEST(cost_at(2'000'000) == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
