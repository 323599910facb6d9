#include "model/report/html.hpp"

#include "model/report/text.hpp"
#include "test/model/report/sample.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace ars;
using namespace ars::model;

bool holds(const std::string& page, std::string_view text) {
  return page.find(text) != std::string::npos;
}

// The first tag that is not closed in order, or nothing: a page that nests right reads right.
std::string first_unbalanced(const std::string& page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const auto end = page.find('>', at);
    if (end == std::string::npos) return page.substr(at, 20);
    auto tag = page.substr(at + 1, end - at - 1);
    const auto name = tag.substr(0, tag.find_first_of(" \n/", tag[0] == '/' ? 1 : 0));
    if (tag[0] == '!' || tag.back() == '/' || name == "meta") continue;
    if (tag[0] != '/') {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != name) {
      return tag;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_report_html)

BOOST_AUTO_TEST_CASE(the_page_nests_right_and_needs_nothing_from_outside) {
  const auto page = render_report(test::sample_report());

  BOOST_TEST(first_unbalanced(page) == "");
  for (const auto* outside : {"http:", "https:", "<script", " src=", "url(", "@import", "<link"}) {
    BOOST_TEST(!holds(page, outside), outside);
  }
  BOOST_TEST(holds(page, "prefers-color-scheme: dark"));
  BOOST_TEST(!holds(page, "nan"));
  BOOST_TEST(page.size() < 200'000u);
}

BOOST_AUTO_TEST_CASE(everything_that_was_given_is_on_the_page) {
  const auto data = test::sample_report();

  const auto page = render_report(data);

  BOOST_TEST(holds(page, data.title));
  BOOST_TEST(holds(page, data.log_head));
  BOOST_TEST(holds(page, "the guardrail satisfaction fell by 0.0410"));
  for (const auto& change : data.changes)
    BOOST_TEST(holds(page, escape_html(change.why)));
  for (const auto& credit : data.credit)
    BOOST_TEST(holds(page, credit.agent));
  for (const auto& row : data.quarantine)
    BOOST_TEST(holds(page, escape_html(row.reason)));
  for (const auto* heading : {"Outer reward over time", "What changed, when and why", "Credit",
                              "Quality", "Proof", "Quarantined input"}) {
    BOOST_TEST(holds(page, std::string("<h2>") + heading), heading);
  }
}

BOOST_AUTO_TEST_CASE(what_a_source_sends_never_becomes_markup) {
  auto data = test::sample_report();
  const std::string hostile = "</p><script>alert('x')</script>\"&\x01\xFF";
  data.title = data.log_head = data.protocol = data.credit_unit = data.replay.sentence = hostile;
  data.facts = {{hostile, hostile}};
  data.reward->name = hostile;
  for (auto& change : data.changes) {
    change.proposer = change.what = change.why = change.evidence = change.reason = hostile;
  }
  for (auto& credit : data.credit)
    credit.agent = hostile;
  for (auto& metric : data.metrics)
    metric.name = hostile;
  data.quarantine = {{hostile, 1, hostile, hostile}};
  data.off_policy = {{hostile, 0, 0, 0, 0, {}, hostile}};

  const auto page = render_report(data);

  BOOST_TEST(!holds(page, "<script"));
  BOOST_TEST(!holds(page, "</p><"));
  BOOST_TEST(!holds(page, "\x01"));
  BOOST_TEST(first_unbalanced(page) == "");
}

BOOST_AUTO_TEST_CASE(the_verdict_claims_nothing_inside_the_interval) {
  auto data = test::sample_report();
  BOOST_TEST(verdict_sentence(data).find("Evolution helped: NDCG@10 is 0.0541 against 0.0508") ==
             0u);
  BOOST_TEST(holds(verdict_sentence(data),
                   "Of 10 proposed changes, 4 were promoted, 4 rejected and "
                   "1 rolled back; 1 still open."));

  data.reward->low = -0.001;
  BOOST_TEST(verdict_sentence(data).find("No difference can be claimed") == 0u);

  data.reward->low = -0.004;
  data.reward->high = -0.001;
  BOOST_TEST(verdict_sentence(data).find("Evolution hurt") == 0u);

  data.replay.state = ReplayState::diverged;
  BOOST_TEST(holds(verdict_sentence(data), "does not agree"));
  BOOST_TEST(holds(render_report(data), "diverged"));
}

BOOST_AUTO_TEST_CASE(an_empty_run_says_so_in_words) {
  const auto page = render_report({});

  BOOST_TEST(first_unbalanced(page) == "");
  BOOST_TEST(
      holds(page, "This source defines no outer reward to compare. No change was proposed."));
  BOOST_TEST(holds(page, "No change was proposed in this run."));
  BOOST_TEST(holds(page, "not run"));
  BOOST_TEST(holds(page, "Every row and event could be taken."));
}

BOOST_AUTO_TEST_CASE(a_refused_estimate_shows_its_numbers_and_its_reason) {
  ReportData data;
  data.off_policy = {
      {"men", 0.0051, 0.0031, 0.0072, 61.2, 0.0047, "effective sample size 61.2 is below 100"}};

  const auto page = render_report(data);

  BOOST_TEST(holds(page, "effective sample size 61.2 is below 100"));
  BOOST_TEST(holds(page, "0.0051"));
  BOOST_TEST(holds(page, "refused"));
}

BOOST_AUTO_TEST_CASE(the_same_run_gives_the_same_page) {
  BOOST_TEST((render_report(test::sample_report()) == render_report(test::sample_report())));
}

BOOST_AUTO_TEST_SUITE_END()
