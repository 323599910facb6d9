// Kills the real binary, its trainers, or asks it to stop, at moments drawn from a printed seed.
#include "test/support/sample_data.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace ars;
using namespace ars::test;

namespace {

constexpr std::uint64_t seed = 20'240'607;

std::string run_line(const std::string& source, int limit, const std::string& log) {
  return fmt::format("run --source {} --limit {} --lockstep --seed 7 -q -o json --log-dir {}",
                     source, limit, log);
}

void check_proofs(const Folder& folder, const std::string& log) {
  for (const auto* proof : {"replay fold", "replay reexec", "audit verify"}) {
    const auto ended = run_ars(folder, fmt::format("{} -o json --log-dir {}", proof, log));
    BOOST_TEST(ended.code == 0, proof << ": " << ended.out << ended.err);
  }
}

// Starts the line until `kills` of its processes were killed; what each leaves must verify.
void kill_often(const Folder& folder, const std::string& line, const std::string& log,
                std::chrono::milliseconds longest, int kills, Philox& draws) {
  for (int i = 0; i < kills; ++i) {
    Process process(folder, line);
    // The first open and the moments after it are as dangerous as all the rest.
    const auto most = i % 2 == 0 ? longest / 10 : longest;
    const std::chrono::milliseconds wait(draws.below(static_cast<std::uint64_t>(most.count()) + 1));
    if (const auto ended = process.wait_for(wait)) {
      BOOST_TEST(ended->code == 0, ended->err);
      continue;
    }
    process.send(SIGKILL);
    process.wait();
    const auto left = run_ars(folder, "audit verify -o json --log-dir " + log);
    BOOST_TEST((left.code == 0 || left.code == 3),
               "killed after " << wait.count() << " ms: " << left.out << left.err);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crash_kill)

BOOST_AUTO_TEST_CASE(killed_at_random_moments_each_source_gives_the_log_of_its_seed) {
  const Folder folder;
  write_movielens_csv(folder / "ml", 400, 3);
  write_bandit(folder / "obd", "random", "men", 150, 6, 4);
  write_bandit(folder / "obd", "bts", "men", 150, 6, 5);
  BOOST_TEST_MESSAGE("seed " << seed);
  Philox draws(seed, 1);
  for (const auto& [source, limit] : {std::pair<std::string, int>("sim", 320),
                                      {"movielens:" + (folder / "ml"), 320},
                                      {"obd:" + (folder / "obd"), 240}}) {
    const auto name = source.substr(0, 3);
    const auto start = std::chrono::steady_clock::now();
    const auto whole = run_ars(folder, run_line(source, limit, folder / (name + "-a")));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    BOOST_REQUIRE_MESSAGE(whole.code == 0, whole.err);
    BOOST_TEST(field(whole.out, "proposed") != "0", source);

    const auto log = folder / (name + "-b");
    kill_often(folder, run_line(source, limit, log), log, took, 4, draws);
    const auto resumed = run_ars(folder, run_line(source, limit, log));

    BOOST_TEST(resumed.code == 0, resumed.err);
    BOOST_TEST(resumed.out == whole.out);
    check_proofs(folder, log);
    BOOST_TEST(run_ars(folder, run_line(source, limit, log)).out == whole.out);
  }
}

BOOST_AUTO_TEST_CASE(a_trainer_dies_with_its_run_and_the_next_one_has_a_fresh_directory) {
  const Folder folder;
  const auto log = folder / "log";
  pid_t trainer = 0;
  {
    Process process(folder, run_line("sim", 320, log));
    while (trainer == 0 && !process.wait_for(1ms).has_value())
      trainer = process.child();
    BOOST_REQUIRE(trainer != 0);
    process.send(SIGKILL);
    process.wait();
  }

  for (int i = 0; i < 5'000 && !is_gone(trainer); ++i)
    std::this_thread::sleep_for(1ms);
  BOOST_TEST(is_gone(trainer));
  // A job directory is used once: that of the killed run is not in the way, and goes with the job.
  BOOST_TEST(fs::exists(log + "/jobs/1-1/try-1"));
  Process resumed(folder, run_line("sim", 320, log));
  bool fresh = false;
  while (!fresh && !resumed.wait_for(1ms).has_value())
    fresh = fs::exists(log + "/jobs/1-2/try-1");

  const auto ended = resumed.wait();
  BOOST_TEST(fresh);
  BOOST_TEST(ended.code == 0, ended.err);
  BOOST_TEST(fs::is_empty(log + "/jobs"));
}

BOOST_AUTO_TEST_CASE(a_job_that_is_killed_three_times_ends_the_run_with_1_and_no_event_says_so) {
  const Folder folder;
  const auto log = folder / "log";
  const auto whole = run_ars(folder, run_line("sim", 320, folder / "whole"));
  std::set<pid_t> killed;
  Process process(folder, run_line("sim", 320, log));
  std::optional<Ended> ended;
  while (!(ended = process.wait_for(1ms)).has_value()) {
    const auto trainer = process.child();
    if (trainer == 0) continue;
    ::kill(trainer, SIGKILL);
    killed.insert(trainer);
  }

  BOOST_TEST(killed.size() == 3u);
  BOOST_TEST(ended->code == 1, ended->err);
  BOOST_TEST(ended->err.find("training 1") != std::string::npos, ended->err);
  BOOST_TEST(ended->err.find("3 times") != std::string::npos, ended->err);
  for (const auto* type : {"ars.training.finished", "ars.training.progressed"}) {
    const auto line = fmt::format("events list --type {} -o json --log-dir {}", type, log);
    const auto told = run_ars(folder, line);
    BOOST_TEST((words_of(told.out) == words_of("[]")), told.out << told.err);
  }
  const auto resumed = run_ars(folder, run_line("sim", 320, log));
  BOOST_TEST(resumed.out == whole.out);
}

BOOST_AUTO_TEST_CASE(a_run_has_its_log_alone_and_an_interrupt_ends_it_cleanly_with_130) {
  const Folder folder;
  const auto log = folder / "log";
  const auto whole = run_ars(folder, run_line("sim", 320, folder / "whole"));
  Process process(folder, run_line("sim", 320, log));
  while (process.child() == 0 && !fs::exists(log + "/jobs/1-1"))
    std::this_thread::sleep_for(1ms);
  process.send(SIGSTOP);
  const Folder aside;
  for (const auto& line : {run_line("sim", 320, log), "audit verify --log-dir " + log}) {
    const auto second = run_ars(aside, line);
    BOOST_TEST(second.code == 8, line << ": " << second.err);
  }

  process.send(SIGINT);
  process.send(SIGCONT);
  const auto ended = process.wait();

  BOOST_TEST(ended.code == 130, ended.err);
  BOOST_TEST(field(ended.out, "log_head").size() == 66u, ended.out);
  BOOST_TEST(fs::exists(log + "/seal"));
  check_proofs(folder, log);
  BOOST_TEST(run_ars(folder, run_line("sim", 320, log)).out == whole.out);
}

BOOST_AUTO_TEST_CASE(a_larger_limit_goes_on_and_another_log_is_refused) {
  const Folder folder;
  const auto log = folder / "log";
  const auto first = run_ars(folder, run_line("sim", 64, log));

  const auto second = run_ars(folder, run_line("sim", 128, log));
  const auto smaller = run_ars(folder, run_line("sim", 64, log));

  BOOST_TEST(field(first.out, "interactions") == "64");
  BOOST_TEST(field(second.out, "interactions") == "128");
  BOOST_TEST(smaller.out == second.out);
  write_movielens_csv(folder / "ml", 40, 3);
  for (const auto& line :
       {fmt::format("run --source sim --limit 64 --lockstep --seed 8 --log-dir {}", log),
        fmt::format("run --source sim --limit 64 --seed 7 --log-dir {}", log),
        run_line("movielens:" + (folder / "ml"), 64, log)}) {
    const auto refused = run_ars(folder, line);
    BOOST_TEST(refused.code == 2, line);
    BOOST_TEST(refused.err.find("use another --log-dir") != std::string::npos, refused.err);
  }
  const auto told = folder / "told";
  BOOST_TEST(run_ars(folder, run_line("movielens:" + (folder / "ml"), 20, told)).code == 0);
  write_movielens_csv(folder / "ml", 41, 3);
  const auto other = run_ars(folder, run_line("movielens:" + (folder / "ml"), 20, told));
  BOOST_TEST(other.code == 2, other.err);
  check_proofs(folder, log);
}

BOOST_AUTO_TEST_SUITE_END()
