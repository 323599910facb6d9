// Runs the real binary as a user would: twice with one seed, killed in the middle, on bad input.
#include "test/support/real_binary.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars::test;

namespace {

std::string sim(const fs::path& log) {
  return "run --source sim --limit 640 --lockstep --seed 7 -q -o json --log-dir " + log.string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_run)

BOOST_AUTO_TEST_CASE(one_seed_gives_one_log_also_when_killed_in_between) {
  const Folder folder;
  const auto once = run_ars(folder, sim(folder / "a"));
  BOOST_REQUIRE_EQUAL(once.code, 0);
  const auto head = field(once.out, "log_head");
  BOOST_TEST(head.size() == 66u);

  for (const int wait_ms : {700, 1500}) {
    Process process(folder, sim(folder / "b"));
    if (process.wait_for(std::chrono::milliseconds(wait_ms)).has_value()) continue;
    process.send(SIGKILL);
    process.wait();
  }
  const auto resumed = run_ars(folder, sim(folder / "b"));
  BOOST_TEST(resumed.code == 0);
  BOOST_TEST(field(resumed.out, "log_head") == head);

  const auto again = run_ars(folder, sim(folder / "b"));
  BOOST_TEST(again.out == resumed.out);
  BOOST_TEST(run_ars(folder, "replay fold --log-dir " + (folder / "b")).code == 0);
  BOOST_TEST(run_ars(folder, "replay reexec --log-dir " + (folder / "b")).code == 0);
  BOOST_TEST(run_ars(folder, "audit verify --log-dir " + (folder / "b")).code == 0);
}

BOOST_AUTO_TEST_CASE(bad_rows_are_quarantined_with_their_place) {
  const Folder folder;
  const auto data = folder / "data";
  fs::create_directories(data);
  std::ofstream(data + "/movies.csv")
      << "movieId,title,genres\n1,One (1990),Drama\n2,Two (1991),Comedy\n";
  std::ofstream ratings(data + "/ratings.csv");
  ratings
      << "userId,movieId,rating,timestamp\n1,1,4.0,100\n1,2,nine,101\n2,9,3.0,102\n2,2,3.5,103\n";
  ratings.close();

  const auto run = run_ars(folder, "run --source movielens:" + data + " --lockstep -q -o json " +
                                       "--log-dir " + (folder / "log"));

  BOOST_TEST(run.code == 0);
  BOOST_TEST(field(run.out, "interactions") == "2");
  BOOST_TEST(field(run.out, "quarantined") == "2");
}

BOOST_AUTO_TEST_CASE(a_trainer_has_the_limits_of_the_configuration) {
  const Folder folder;
  std::ofstream(folder / "tight.toml") << "[trainer]\nmemory = \"64MiB\"\n"
                                          "[evolution]\nfirst_training_after = 100\n";

  const auto run = run_ars(folder, "run --source sim --limit 320 --lockstep --seed 1 --config " +
                                       (folder / "tight.toml") + " --log-dir " + (folder / "log"));

  BOOST_TEST(run.code == 1, run.err);
  BOOST_TEST(run.err.find("job 1: the trainer ended") != std::string::npos, run.err);
}

BOOST_AUTO_TEST_CASE(what_a_user_gets_wrong_has_its_exit_code) {
  const Folder folder;
  const auto log = " --log-dir " + (folder / "log");

  BOOST_TEST(run_ars(folder, "run --source nothing" + log).code == 2);
  BOOST_TEST(run_ars(folder, "run --source movielens:" + (folder / "absent") + log).code == 3);
  BOOST_TEST(run_ars(folder, "run --source sim --no-such-flag" + log).code == 2);
  std::ofstream(folder / "bad.toml") << "[serving]\nslate_sise = 3\n";
  BOOST_TEST(
      run_ars(folder, "run --source sim --limit 16 --config " + (folder / "bad.toml") + log).code ==
      78);
  BOOST_TEST(run_ars(folder, "run --source sim --limit 64 --lockstep --seed 1 -q" + log).code == 0);
  BOOST_TEST(run_ars(folder, "run --source sim --limit 64 --lockstep --seed 2 -q" + log).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
