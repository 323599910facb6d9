#include "bench/open_loop.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>
#include <vector>

using namespace ars;
using bench::Load;
using bench::Search;

namespace {

Load load_of(double rate) {
  Load out;
  out.rate = rate;
  return out;
}

// What a search offers when rates up to `limit` are kept.
struct Found {
  Load load;
  std::vector<double> offered;
};
Found search_with(const Search& search, double limit) {
  Found out;
  auto result = bench::highest_rate(
      search, [&](const Load& load) { return load.rate <= limit; },
      [&](double rate) -> Result<Load> {
        out.offered.push_back(rate);
        return load_of(rate);
      });
  out.load = std::move(result).value();
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_open_loop)

BOOST_AUTO_TEST_CASE(the_highest_rate_is_found_within_a_tenth) {
  for (const double limit : {3.0, 40.0, 41.0, 700.0}) {
    const auto found = search_with({1, 40, 30}, limit);

    BOOST_TEST(found.load.rate <= limit);
    BOOST_TEST(found.load.rate > limit / 1.1);
  }
}

BOOST_AUTO_TEST_CASE(when_no_rate_is_kept_the_lowest_one_is_reported) {
  const auto found = search_with({1, 40, 30}, 0.5);

  BOOST_TEST(found.load.rate == 1.0);
  BOOST_TEST(found.offered.back() == 1.0);
}

BOOST_AUTO_TEST_CASE(a_search_makes_no_more_runs_than_it_may) {
  BOOST_TEST(search_with({1, 40, 4}, 700).offered.size() == 4u);
}

BOOST_AUTO_TEST_CASE(every_request_is_answered_once_and_in_order) {
  std::size_t next = 0;
  const auto load = bench::offer(50'000, 500, 16, [&](std::size_t begin, std::size_t end) {
    BOOST_TEST(begin == next);
    BOOST_TEST(end - begin <= 16u);
    next = end;
    return Result<void>(success());
  });

  BOOST_TEST(next == 500u);
  BOOST_TEST(load.value().requests == 500u);
  BOOST_TEST(load.value().latency.count() == 500u);
}

// The answerer sleeps once: whoever should have come meanwhile waited, and the percentiles say so.
BOOST_AUTO_TEST_CASE(requests_due_while_a_batch_runs_count_from_when_they_were_due) {
  bool slept = false;
  const auto load = bench::offer(2'000, 400, 1000, [&](std::size_t, std::size_t) {
    if (!slept) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    slept = true;
    return Result<void>(success());
  });

  const auto& latency = load.value().latency;
  BOOST_TEST(latency.at(0.75) > 5'000'000u);
  BOOST_TEST(latency.largest() > 90'000'000u);
}

BOOST_AUTO_TEST_CASE(a_rate_that_cannot_be_kept_is_given_up) {
  const auto load = bench::offer(10'000, 50'000, 1, [&](std::size_t, std::size_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return Result<void>(success());
  });

  BOOST_TEST(load.value().given_up);
  BOOST_TEST(load.value().requests < 50'000u);
}

BOOST_AUTO_TEST_SUITE_END()
