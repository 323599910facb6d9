#include "test/cli/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace {

struct Fixture {
  scratch::Directory directory;
  std::string log = directory / "log";
  Fixture() {
    scratch::Log written(log);
    written.tell_two_changes();
    written.close();
  }
  scratch::Ended ars(const std::string& line) {
    return scratch::ars(directory, line + " --log-dir " + log);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_graph, Fixture)

BOOST_AUTO_TEST_CASE(the_composition_in_force_is_shown) {
  const auto text = ars("graph show");
  const auto read = nlohmann::json::parse(ars("graph show -o json").out);

  BOOST_TEST(text.out.starts_with("composition 2: 3 agents\n"));
  BOOST_TEST(scratch::has(text.out, "reads ars.request.routed"));
  BOOST_TEST(read["version"].get<int>() == 2);
  BOOST_TEST(read["agents"].size() == 3u);
  // The traffic agent routes to both recalls.
  BOOST_TEST(read["edges"].size() == 2u);
  BOOST_TEST(read["edges"][0]["from"].get<std::string>() == "traffic");
}

BOOST_AUTO_TEST_CASE(an_earlier_composition_is_shown_by_version) {
  BOOST_TEST(ars("graph show --at 1").out.starts_with("composition 1: 2 agents\n"));
}

BOOST_AUTO_TEST_CASE(a_graph_is_drawn) {
  const auto dot = ars("graph show -o dot");

  BOOST_TEST(dot.out.starts_with("digraph composition {"));
  BOOST_TEST(scratch::has(dot.out, "\"traffic\" -> \"recall/content\""));
  BOOST_TEST(scratch::has(ars("graph diff -o dot").out, "color=green"));
}

BOOST_AUTO_TEST_CASE(a_difference_names_what_came_and_went) {
  BOOST_TEST(ars("graph diff").out == "composition 1 -> 2\n+ recall/content\n");
  const auto back = nlohmann::json::parse(ars("graph diff --from 2 --to 1 -o json").out);
  BOOST_TEST(back["removed"].size() == 1u);
  BOOST_TEST(back["added"].empty());
}

BOOST_AUTO_TEST_SUITE_END()
