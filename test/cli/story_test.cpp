#include "cli/story.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::cli;

namespace {

template <class Fact>
void tell(Story& story, Fact fact) {
  events::Event event;
  event.header.type_id = Fact::type_id;
  event.payload = std::move(fact);
  story.observe(event, {{store::Topic::evt, 0}, Offset(1)});
}

// The road's last sentence after a look with this interval.
std::string after_look(double low, double high) {
  Story story;
  events::VariantProposed proposed{};
  proposed.variant = 4;
  tell(story, proposed);
  events::CanaryStarted started{};
  started.experiment = 2;
  started.variant = 4;
  started.share = 0.005;
  tell(story, started);
  events::CanaryLooked looked{};
  looked.experiment = 2;
  looked.low = low;
  looked.high = high;
  tell(story, looked);
  const auto& road = story.variants().at(4).road;
  BOOST_TEST(road[road.size() - 2].text.find("takes 0.5 % of requests") != std::string::npos);
  return road.back().text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_story)

BOOST_AUTO_TEST_CASE(an_interval_without_evidence_says_so_and_no_number) {
  BOOST_TEST(after_look(-1e9, 1e9).find("[not known yet]") != std::string::npos);
  BOOST_TEST(after_look(-0.25, 0.5).find("[-0.2500, +0.5000]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
