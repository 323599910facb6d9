#include "actors/infrastructure/coordinator/task_graph.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace ars::actors;

BOOST_AUTO_TEST_SUITE(actors_task_graph)

BOOST_AUTO_TEST_CASE(every_road_names_its_nodes_once_and_waits_only_for_nodes_before) {
  for (const auto* arm :
       {"first_training", "autotrain", "autofeature", "composition", "autoperf"}) {
    std::set<std::string> before;
    for (const auto& node : road_of(arm)) {
      for (const auto& after : node.after)
        BOOST_TEST(before.contains(after), arm << ": " << node.id << " waits for " << after);
      BOOST_TEST(before.insert(node.id).second, arm << ": " << node.id << " stands twice");
      BOOST_TEST(!node.run.empty());
    }
    BOOST_TEST(!before.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_a_model_needs_training_evidence_canary_and_verdict) {
  std::set<std::string> nodes;
  for (const auto& node : road_of("autotrain"))
    nodes.insert(node.id);

  for (const auto* stage :
       {"propose", "check", "train", "evidence", "off_policy", "canary", "verdict"}) {
    BOOST_TEST(nodes.contains(stage), stage);
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_the_composition_answers_in_shadow_instead_of_training) {
  std::set<std::string> nodes;
  for (const auto& node : road_of("composition"))
    nodes.insert(node.id);

  BOOST_TEST(nodes.contains("shadow"));
  BOOST_TEST(nodes.contains("canary"));
  BOOST_TEST(!nodes.contains("train"));
}

BOOST_AUTO_TEST_SUITE_END()
