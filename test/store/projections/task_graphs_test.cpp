#include "test/store/projections/fold.hpp"

using namespace ars;
using namespace ars::test;
using namespace ars::store::projections;

BOOST_AUTO_TEST_SUITE(projections_task_graphs)

BOOST_AUTO_TEST_CASE(node_stands_where_its_last_change_put_it) {
  Fold<TaskGraphs> fold;
  events::TaskGraphStarted started{
      4, "raise auc", 17, {{"train", "job", {}}, {"judge", "gate", {"train"}}}};

  fold.fact(started);
  fold.fact(events::TaskNodeChanged{4, "train", events::TaskState::running, "started"});
  fold.fact(events::TaskNodeChanged{4, "train", events::TaskState::succeeded, "done"});
  fold.fact(events::TaskNodeChanged{5, "train", events::TaskState::failed, "elsewhere"});

  BOOST_TEST(fold.row<TaskGraphRow>(store::projections::key_of(std::uint64_t{4})).nodes.size() ==
             2u);
  const auto& node = fold.row<TaskNodeRow>(TaskGraphs::node_key(4, "train"));
  BOOST_TEST((node.state == events::TaskState::succeeded));
  BOOST_TEST(node.changes == 2u);
  fold.check_reloads();
}

BOOST_AUTO_TEST_SUITE_END()
