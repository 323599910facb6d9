#include "runtime/dispatch/dispatcher.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;

constexpr std::size_t window = 4;

// `steps` of each host in turn, orders dense.
Dispatcher::Work work_of(const std::vector<std::size_t>& steps) {
  Dispatcher::Work out;
  std::size_t order = 0;
  for (std::size_t host = 0; host < steps.size(); ++host) {
    RunSteps run;
    for (std::size_t i = 0; i < steps[host]; ++i)
      run.work.push_back({order++, std::make_shared<const events::Event>()});
    out.emplace_back(host, std::move(run));
  }
  return out;
}

std::vector<std::pair<std::size_t, StepResult>> all_done(const RunSteps& run) {
  std::vector<std::pair<std::size_t, StepResult>> out;
  for (const auto& step : run.work)
    out.emplace_back(step.order, StepResult{});
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_dispatcher)

BOOST_AUTO_TEST_CASE(window_gives_no_more_than_it_has_and_takes_it_back) {
  CreditWindow credit(3);

  BOOST_TEST(credit.take(2) == 2u);
  BOOST_TEST(credit.take(2) == 1u);
  BOOST_TEST(credit.take(1) == 0u);
  credit.give_back(2);
  BOOST_TEST(credit.take(5) == 2u);
  BOOST_TEST(credit.in_flight() == credit.most());
}

BOOST_AUTO_TEST_CASE(no_host_ever_holds_more_steps_than_the_window_and_all_are_taken) {
  Dispatcher dispatcher(window);
  dispatcher.begin(7, work_of({11, 1, 4}));
  std::vector<std::size_t> seen;
  Dispatcher::Work under_way = dispatcher.ready();

  while (!under_way.empty()) {
    auto [host, run] = std::move(under_way.back());
    under_way.pop_back();
    BOOST_TEST(run.stage == 7u);
    BOOST_TEST(run.work.size() <= window);
    BOOST_TEST(dispatcher.in_flight(host) <= window);
    for (const auto& step : run.work)
      seen.push_back(step.order);
    dispatcher.done(host, all_done(run));
    for (auto& next : dispatcher.ready())
      under_way.push_back(std::move(next));
  }

  BOOST_TEST(dispatcher.idle());
  BOOST_TEST(!dispatcher.failed().has_value());
  std::sort(seen.begin(), seen.end());
  BOOST_REQUIRE(seen.size() == 16u);
  for (std::size_t i = 0; i < seen.size(); ++i)
    BOOST_TEST(seen[i] == i);
}

BOOST_AUTO_TEST_CASE(steps_of_one_host_are_sent_in_order) {
  Dispatcher dispatcher(window);
  dispatcher.begin(1, work_of({10}));
  std::size_t next = 0;

  for (auto ready = dispatcher.ready(); !ready.empty(); ready = dispatcher.ready()) {
    for (const auto& step : ready.front().second.work)
      BOOST_TEST(step.order == next++);
    dispatcher.done(0, all_done(ready.front().second));
  }

  BOOST_TEST(next == 10u);
}

BOOST_AUTO_TEST_CASE(failed_host_gets_no_more_and_the_first_failure_in_order_counts) {
  for (const bool second_host_first : {false, true}) {
    Dispatcher dispatcher(window);
    dispatcher.begin(1, work_of({6, 6}));
    auto ready = dispatcher.ready();
    BOOST_REQUIRE(ready.size() == 2u);
    StepResult failure;
    failure.failed = true;
    const std::vector<std::pair<std::size_t, StepResult>> first{{0, {}}, {1, failure}};
    const std::vector<std::pair<std::size_t, StepResult>> second{{6, failure}};

    if (second_host_first) dispatcher.done(1, second);
    dispatcher.done(0, first);
    if (!second_host_first) dispatcher.done(1, second);

    BOOST_TEST(dispatcher.ready().empty());
    BOOST_TEST(dispatcher.idle());
    BOOST_TEST(dispatcher.failed().value() == 1u);
    BOOST_TEST(dispatcher.host(1) == 0u);
    BOOST_TEST(dispatcher.host(6) == 1u);
  }
}

BOOST_AUTO_TEST_CASE(failure_of_one_host_lets_the_others_finish) {
  Dispatcher dispatcher(window);
  dispatcher.begin(1, work_of({1, 6}));
  auto ready = dispatcher.ready();
  StepResult failure;
  failure.failed = true;

  dispatcher.done(0, {{0, failure}});
  dispatcher.done(1, all_done(ready[1].second));
  const auto rest = dispatcher.ready();

  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest.front().second.work.size() == 2u);
  BOOST_TEST(!dispatcher.idle());
}

BOOST_AUTO_TEST_SUITE_END()
