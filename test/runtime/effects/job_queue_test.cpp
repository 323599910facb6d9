#include "runtime/effects/job_queue.hpp"

#include "runtime/limits.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <fstream>
#include <iterator>

using namespace ars;
using namespace ars::runtime;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  fs::path root = fs::temp_directory_path() / ("ars_jobs_" + std::to_string(::getpid()));
  Fixture() {
    fs::remove_all(root);
    fs::create_directories(root);
  }
  ~Fixture() { fs::remove_all(root); }

  Job job(const std::string& name, std::string script) const {
    Job out;
    out.name = name;
    out.child.argv = {"sh", "-c", std::move(script)};
    out.directory = root / name;
    return out;
  }
};

std::string content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_job_queue, Fixture)

BOOST_AUTO_TEST_CASE(inputs_go_in_progress_and_files_come_out) {
  JobQueue queue;
  std::vector<std::string> lines;
  auto job = this->job("a", "echo step 1; tr a-z A-Z < input > output; echo step 2");
  job.prepare = [](const fs::path& directory) -> Result<void> {
    std::ofstream(directory / "input") << "hello";
    return success();
  };
  job.on_line = [&](std::uint32_t, std::string_view line) { lines.emplace_back(line); };

  const auto id = queue.submit(std::move(job)).value();
  const auto report = queue.wait(id, 10s).value();

  BOOST_TEST(report.exit.value == 0);
  BOOST_TEST(report.tries == 1u);
  BOOST_TEST(content(report.directory / "output") == "HELLO");
  BOOST_TEST(lines == (std::vector<std::string>{"step 1", "step 2"}),
             boost::test_tools::per_element());
  BOOST_CHECK(queue.wait(id, 1ms).assume_error().code == Errc::not_found);
}

BOOST_AUTO_TEST_CASE(a_job_killed_by_the_machine_is_tried_again_in_a_fresh_directory) {
  JobQueue queue;
  auto job = this->job("a",
                       "[ ! -e left ] || exit 9; touch left; "
                       "case $PWD in */try-3) exit 4;; *) kill -9 $$;; esac");

  const auto report = queue.wait(queue.submit(std::move(job)).value(), 10s).value();

  BOOST_TEST(report.tries == 3u);
  BOOST_TEST(report.exit.value == 4);
  BOOST_TEST(report.directory.filename() == "try-3");
}

BOOST_AUTO_TEST_CASE(after_three_kills_the_job_is_unavailable) {
  JobQueue queue;
  auto killed = this->job("killed", "echo x >> ../tries; echo why >&2; kill -9 $$");
  auto silent = this->job("silent", "echo x >> ../tries; sleep 60");
  silent.child.silence_timeout = 50ms;

  const auto first = queue.wait(queue.submit(std::move(killed)).value(), 10s);
  const auto second = queue.wait(queue.submit(std::move(silent)).value(), 10s);

  BOOST_CHECK(first.assume_error().code == Errc::unavailable);
  BOOST_TEST(first.assume_error().context.find("signal 9") != std::string::npos);
  BOOST_TEST(first.assume_error().context.find("why") != std::string::npos);
  BOOST_CHECK(second.assume_error().code == Errc::unavailable);
  BOOST_TEST(content(root / "killed" / "tries") == "x\nx\nx\n");
  BOOST_TEST(content(root / "silent" / "tries") == "x\nx\nx\n");
}

BOOST_AUTO_TEST_CASE(a_directory_is_used_once) {
  JobQueue queue;
  fs::create_directories(root / "a");

  const auto outcome = queue.wait(queue.submit(job("a", "true")).value(), 10s);

  BOOST_CHECK(outcome.assume_error().code == Errc::conflict);
}

BOOST_AUTO_TEST_CASE(a_failing_prepare_ends_the_job) {
  JobQueue queue;
  auto job = this->job("a", "true");
  job.prepare = [](const fs::path&) -> Result<void> { return fail(Errc::corrupt, "no rows"); };

  const auto outcome = queue.wait(queue.submit(std::move(job)).value(), 10s);

  BOOST_CHECK(outcome.assume_error().code == Errc::corrupt);
  BOOST_TEST(outcome.assume_error().context == "job a: no rows");
}

BOOST_AUTO_TEST_CASE(jobs_run_one_after_the_other_in_order) {
  JobQueue queue;
  std::vector<std::string> order;
  for (const auto* name : {"a", "b", "c"}) {
    auto job = this->job(name, "mkdir ../../alone && rmdir ../../alone");
    job.on_result = [&order, name](const Result<JobReport>& outcome) {
      order.emplace_back(outcome.value().exit.value == 0 ? name : "overlap");
    };
    BOOST_REQUIRE(queue.submit(std::move(job)).has_value());
  }

  BOOST_TEST(queue.wait(queue.submit(job("last", "true")).value(), 10s).value().exit.value == 0);

  BOOST_TEST(order == (std::vector<std::string>{"a", "b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses) {
  JobQueue queue;
  auto blocker = job("blocker", "echo runs; sleep 60");
  std::atomic<bool> runs{false};
  blocker.on_line = [&](std::uint32_t, std::string_view) { runs = true; };
  const auto first = queue.submit(std::move(blocker)).value();
  while (!runs)
    ::usleep(1000);
  for (std::size_t i = 0; i < limits::jobs_queued_max; ++i) {
    BOOST_REQUIRE(queue.submit(job(std::to_string(i), "true")).has_value());
  }

  const auto refused = queue.submit(job("more", "true"));

  BOOST_CHECK(refused.assume_error().code == Errc::overloaded);
  BOOST_TEST(queue.depth() == limits::jobs_queued_max + 1);
  queue.cancel(first);
}

BOOST_AUTO_TEST_CASE(cancel_ends_running_and_waiting_jobs) {
  JobQueue queue;
  auto running = job("a", "echo runs; sleep 60");
  std::atomic<bool> runs{false};
  running.on_line = [&](std::uint32_t, std::string_view) { runs = true; };
  const auto first = queue.submit(std::move(running)).value();
  const auto second = queue.submit(job("b", "true")).value();
  const auto third = queue.submit(job("c", "true")).value();
  while (!runs)
    ::usleep(1000);
  BOOST_CHECK(queue.wait(second, 1ms).assume_error().code == Errc::timeout);

  queue.cancel(second);
  queue.cancel(first);

  BOOST_CHECK(queue.wait(first, 10s).assume_error().code == Errc::stopping);
  BOOST_CHECK(queue.wait(second, 10s).assume_error().code == Errc::stopping);
  BOOST_TEST(!fs::exists(root / "b"));
  BOOST_TEST(queue.wait(third, 10s).value().exit.value == 0);
}

BOOST_AUTO_TEST_CASE(stop_kills_what_runs_and_ends_what_waits) {
  JobQueue queue;
  int stopped = 0;
  for (const auto* name : {"a", "b"}) {
    auto job = this->job(name, "sleep 60");
    job.on_result = [&](const Result<JobReport>& outcome) {
      stopped += outcome.has_error() && outcome.assume_error().code == Errc::stopping ? 1 : 0;
    };
    BOOST_REQUIRE(queue.submit(std::move(job)).has_value());
  }

  queue.stop();

  BOOST_TEST(stopped == 2);
  BOOST_CHECK(queue.submit(job("c", "true")).assume_error().code == Errc::stopping);
}

BOOST_AUTO_TEST_SUITE_END()
