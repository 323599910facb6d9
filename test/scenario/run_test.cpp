// Runs the real binary as a user would: twice with one seed, killed in the middle, on bad input.
#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("ars-scenario-" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

struct Outcome {
  int code = -1;
  std::string out;
};

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Outcome ars(const Folder& folder, const std::string& arguments) {
  const auto out = folder.path / "out";
  const auto command = std::string(ARS_BINARY) + " " + arguments + " > " + out.string() + " 2> " +
                       out.string() + ".err";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out)};
}

std::string field(const std::string& json, const std::string& name) {
  const auto at = json.find("\"" + name + "\":");
  if (at == std::string::npos) return {};
  const auto start = at + name.size() + 3;
  return json.substr(start, json.find_first_of(",}", start) - start);
}

std::string sim(const fs::path& log) {
  return "run --source sim --limit 640 --lockstep --seed 7 -q -o json --log-dir " + log.string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_run)

BOOST_AUTO_TEST_CASE(one_seed_gives_one_log_also_when_killed_in_between) {
  const Folder folder;
  const auto once = ars(folder, sim(folder.path / "a"));
  BOOST_REQUIRE_EQUAL(once.code, 0);
  const auto head = field(once.out, "log_head");
  BOOST_TEST(head.size() == 66u);

  for (const int wait_ms : {700, 1500}) {
    const auto log = (folder.path / "b").string();
    const auto pid = ::fork();
    if (pid == 0) {
      ::execl("/bin/sh", "sh", "-c",
              ("exec " + std::string(ARS_BINARY) + " " + sim(log) + " > /dev/null 2>&1").c_str(),
              nullptr);
      ::_exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
  }
  const auto resumed = ars(folder, sim(folder.path / "b"));
  BOOST_TEST(resumed.code == 0);
  BOOST_TEST(field(resumed.out, "log_head") == head);

  const auto again = ars(folder, sim(folder.path / "b"));
  BOOST_TEST(again.out == resumed.out);
  BOOST_TEST(ars(folder, "replay fold --log-dir " + (folder.path / "b").string()).code == 0);
  BOOST_TEST(ars(folder, "replay reexec --log-dir " + (folder.path / "b").string()).code == 0);
  BOOST_TEST(ars(folder, "audit verify --log-dir " + (folder.path / "b").string()).code == 0);
}

BOOST_AUTO_TEST_CASE(bad_rows_are_quarantined_with_their_place) {
  const Folder folder;
  const auto data = folder.path / "data";
  fs::create_directories(data);
  std::ofstream(data / "movies.csv")
      << "movieId,title,genres\n1,One (1990),Drama\n2,Two (1991),Comedy\n";
  std::ofstream ratings(data / "ratings.csv");
  ratings
      << "userId,movieId,rating,timestamp\n1,1,4.0,100\n1,2,nine,101\n2,9,3.0,102\n2,2,3.5,103\n";
  ratings.close();

  const auto run =
      ars(folder, "run --source movielens:" + data.string() + " --lockstep -q -o json " +
                      "--log-dir " + (folder.path / "log").string());

  BOOST_TEST(run.code == 0);
  BOOST_TEST(field(run.out, "interactions") == "2");
  BOOST_TEST(field(run.out, "quarantined") == "2");
}

BOOST_AUTO_TEST_CASE(what_a_user_gets_wrong_has_its_exit_code) {
  const Folder folder;
  const auto log = " --log-dir " + (folder.path / "log").string();

  BOOST_TEST(ars(folder, "run --source nothing" + log).code == 2);
  BOOST_TEST(
      ars(folder, "run --source movielens:" + (folder.path / "absent").string() + log).code == 3);
  BOOST_TEST(ars(folder, "run --source sim --no-such-flag" + log).code == 2);
  std::ofstream(folder.path / "bad.toml") << "[serving]\nslate_sise = 3\n";
  BOOST_TEST(ars(folder, "run --source sim --limit 16 --config " +
                             (folder.path / "bad.toml").string() + log)
                 .code == 78);
  BOOST_TEST(ars(folder, "run --source sim --limit 64 --lockstep --seed 1 -q" + log).code == 0);
  BOOST_TEST(ars(folder, "run --source sim --limit 64 --lockstep --seed 2 -q" + log).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
