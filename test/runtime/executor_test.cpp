#include "runtime/executor.hpp"

#include "runtime/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <numeric>
#include <thread>
#include <vector>

using namespace ars;
using namespace ars::runtime;

BOOST_AUTO_TEST_SUITE(runtime_executor)

BOOST_AUTO_TEST_CASE(submitted_work_runs_on_another_thread) {
  Executor executor(2);
  std::thread::id where;

  BOOST_REQUIRE(executor.submit([&] { where = std::this_thread::get_id(); }).has_value());
  executor.drain();

  BOOST_CHECK(where != std::thread::id{});
  BOOST_CHECK(where != std::this_thread::get_id());
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_and_takes_again_when_there_is_room) {
  Executor executor(1);
  std::promise<void> gate;
  const auto open = gate.get_future().share();
  for (std::size_t i = 0; i < limits::executor_queue_max; ++i) {
    BOOST_REQUIRE(executor.submit([open] { open.wait(); }).has_value());
  }

  const auto refused = executor.submit([] {});
  const auto depth = executor.depth();
  gate.set_value();
  executor.drain();

  BOOST_CHECK(refused.assume_error().code == Errc::overloaded);
  BOOST_TEST(depth == limits::executor_queue_max);
  BOOST_TEST(executor.submit([] {}).has_value());
}

BOOST_AUTO_TEST_CASE(for_each_covers_every_index_once) {
  Executor executor(4);
  std::vector<int> hits(1000);

  const auto done = executor.for_each(hits.size(), [&](std::size_t i) -> Result<void> {
    ++hits[i];
    return success();
  });

  BOOST_TEST(done.has_value());
  BOOST_TEST(std::all_of(hits.begin(), hits.end(), [](int n) { return n == 1; }));
  BOOST_TEST(
      executor.for_each(0, [](std::size_t) -> Result<void> { return success(); }).has_value());
}

BOOST_AUTO_TEST_CASE(for_each_gives_the_error_of_the_lowest_index) {
  Executor executor(4);

  for (int round = 0; round < 20; ++round) {
    const auto done = executor.for_each(200, [](std::size_t i) -> Result<void> {
      if (i % 7 == 3) return fail(Errc::corrupt, std::to_string(i));
      return success();
    });
    BOOST_TEST(done.assume_error().context == "3");
  }
}

BOOST_AUTO_TEST_CASE(stop_finishes_what_was_taken_and_takes_no_more) {
  std::atomic<int> ran{0};
  Executor executor(2);
  for (int i = 0; i < 50; ++i)
    BOOST_REQUIRE(executor.submit([&] { ++ran; }).has_value());

  executor.stop();

  BOOST_TEST(ran == 50);
  BOOST_CHECK(executor.submit([] {}).assume_error().code == Errc::stopping);
  BOOST_CHECK(executor.for_each(1, [](std::size_t) -> Result<void> { return success(); })
                  .assume_error()
                  .code == Errc::stopping);
}

BOOST_AUTO_TEST_SUITE_END()
