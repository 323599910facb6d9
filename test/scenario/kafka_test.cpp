// Runs the real binary against a real broker: outages, kills, adoption by an empty directory. Each
// case takes a namespace of its own; without Java or Maven it prints SKIP.
#ifdef ARS_HAS_RUNTIME_KAFKA
#include "store/rocksdb/rocksdb_log.hpp"
#include "test/runtime/kafka/broker.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace {

using namespace ars;
using namespace ars::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

const store::Stream evt{store::Topic::evt, 0};
const store::Stream ctl{store::Topic::ctl, 0};

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++out;
  return out;
}

// A folder with directories of logs, and a namespace for them.
class World {
 public:
  World() : settings(fresh_settings()) {
    fs::remove_all(path_);
    fs::create_directories(path_);
    std::ofstream(path_ / "small.toml") << "[sim]\nusers = 60\nitems = 80\n[evolution]\n"
                                           "first_training_after = 64\nrows_max = 2000\n";
  }
  ~World() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }

  std::string run(const std::string& directory, int limit) const {
    return fmt::format(
        "run --source sim --seed 5 --limit {} --backend kafka --brokers {} "
        "--config {} --log-dir {}",
        limit, the_broker().address(), (path_ / "small.toml").string(),
        (path_ / directory).string());
  }
  // Starts `ars ARGUMENTS`; what it says goes to NAME.err.
  pid_t start(const std::string& arguments, const std::string& name) const {
    const auto command = fmt::format(
        "exec env ARS_KAFKA__NAMESPACE={} {} {} > '{}.out' 2> '{}.err'", settings.name_space,
        ARS_BINARY, arguments, (path_ / name).string(), (path_ / name).string());
    const auto pid = ::fork();
    if (pid == 0) {
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    return pid;
  }
  static int end_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int ars(const std::string& arguments, const std::string& name = "last") const {
    return end_of(start(arguments, name));
  }
  std::string err(const std::string& name = "last") const {
    return text_of(path_ / (name + ".err"));
  }
  int check(const std::string& command, const std::string& directory) const {
    return ars(command + " --log-dir " + (path_ / directory).string(), "check");
  }

  // Waits until the namespace has this many events of the run that says what it does in NAME.err.
  void await_events(std::uint64_t count, const std::string& name = "run") const {
    // Anew after each failure: a client may remember that a topic was not there.
    std::unique_ptr<runtime::KafkaBackend> backend;
    for (int i = 0; i < 1200; ++i) {
      if (!backend) backend = must(runtime::KafkaBackend::open(settings, cluster_of()));
      const auto marks = backend->watermarks(evt, 1s);
      if (marks.has_value() && marks.value().next.value() >= count) return;
      if (!marks.has_value()) backend.reset();
      std::this_thread::sleep_for(50ms);
    }
    BOOST_FAIL("the run does not get on: " + err(name));
  }

  std::vector<std::vector<std::uint8_t>> local(const std::string& directory,
                                               const store::Stream& stream) const {
    const auto log = must(store::RocksDbLog::open_read_only(path_ / directory));
    std::vector<std::vector<std::uint8_t>> out;
    must(
        log->scan({stream, Offset(0)}, [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
          out.emplace_back(stored.begin(), stored.end());
          return true;
        }));
    return out;
  }
  std::vector<std::vector<std::uint8_t>> remote(const store::Stream& stream) const {
    const auto backend = must(runtime::KafkaBackend::open(settings, cluster_of()));
    const auto end = must(backend->watermarks(stream, 20s)).next;
    std::vector<std::vector<std::uint8_t>> out;
    while (out.size() < end.value()) {
      for (auto& each : must(backend->fetch(stream, Offset(out.size()), 1000, 20s)))
        out.push_back(std::move(each.stored));
    }
    return out;
  }
  void check_copy(const std::string& directory) const {
    for (const auto& stream : {ctl, evt}) {
      const auto here = local(directory, stream);
      BOOST_TEST((remote(stream) == here));
      check_with_kcat(stream, here.size());
    }
  }
  void check_log(const std::string& directory) const {
    BOOST_TEST(check("audit verify", directory) == 0);
    BOOST_TEST(check("replay fold", directory) == 0);
    BOOST_TEST(check("replay reexec", directory) == 0);
  }

  runtime::KafkaSettings settings;

 private:
  // Somebody else's client counts the same records.
  void check_with_kcat(const store::Stream& stream, std::size_t count) const {
    if (std::system("command -v kcat > /dev/null") != 0) {
      BOOST_TEST_MESSAGE("SKIP: no kcat here");
      return;
    }
    const auto topic = fmt::format("{}.g1.{}", settings.name_space, store::to_string(stream.topic));
    const auto out = path_ / "kcat";
    const auto code =
        std::system(fmt::format("kcat -b {} -C -t {} -p 0 -o beginning -e -q -f '%o\\n' > '{}'",
                                the_broker().address(), topic, out.string())
                        .c_str());
    BOOST_TEST(code == 0);
    BOOST_TEST(count_of(text_of(out), "\n") == count);
  }

  fs::path path_ = fs::temp_directory_path() / ("ars-kafka-" + std::to_string(::getpid()));
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_kafka)

BOOST_AUTO_TEST_CASE(a_broker_that_is_away_for_a_while_costs_time_and_nothing_else) {
  if (skipped()) return;
  const World world;
  const auto run = world.start(world.run("log", 480), "run");
  world.await_events(400);
  the_broker().pause();
  std::this_thread::sleep_for(8s);
  the_broker().resume();
  world.await_events(2000);
  the_broker().kill();
  std::this_thread::sleep_for(4s);
  the_broker().start();

  BOOST_TEST(World::end_of(run) == 0, world.err("run"));

  BOOST_TEST(count_of(world.err("run"), "No broker answers") >= 1u);
  BOOST_TEST(count_of(world.err("run"), "No broker answers") <= 2u);
  BOOST_TEST(count_of(world.err("run"), "The broker answers again") ==
             count_of(world.err("run"), "No broker answers"));
  world.check_copy("log");
  world.check_log("log");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_killed_goes_on_and_the_copy_is_whole) {
  if (skipped()) return;
  const World world;
  for (const std::uint64_t events : {300, 1200}) {
    const auto run = world.start(world.run("log", 320), "run");
    world.await_events(events);
    ::kill(run, SIGKILL);
    World::end_of(run);
  }

  BOOST_TEST(world.ars(world.run("log", 320)) == 0, world.err());

  world.check_copy("log");
  world.check_log("log");
}

BOOST_AUTO_TEST_CASE(an_empty_directory_adopts_the_cluster_and_goes_on) {
  if (skipped()) return;
  const World world;
  BOOST_REQUIRE_MESSAGE(world.ars(world.run("first", 400)) == 0, world.err());
  const auto before = world.local("first", evt);

  // Killed on its way, which leaves it to be done again.
  const auto killed = world.start(world.run("second", 400), "killed");
  std::this_thread::sleep_for(700ms);
  ::kill(killed, SIGKILL);
  World::end_of(killed);

  // The key of pseudonyms is not in the namespace.
  BOOST_TEST(world.ars(world.run("second", 400)) == 6, world.err());
  BOOST_TEST(world.err().find("pseudonym.key") != std::string::npos, world.err());
  auto adopted = world.local("second", evt);
  BOOST_REQUIRE(adopted.size() == before.size() + 1);
  adopted.pop_back();  // the fence of the new owner
  BOOST_TEST((adopted == before));
  world.check_log("second");

  fs::copy_file(world / "first/pseudonym.key", world / "second/pseudonym.key");
  BOOST_TEST(world.ars(world.run("second", 480)) == 0, world.err());
  world.check_copy("second");
  world.check_log("second");
  BOOST_TEST(fs::exists(world / "second/frozen/db"));

  // The first one's time is over, and both are named.
  BOOST_TEST(world.ars(world.run("first", 480)) == 8);
  BOOST_TEST(count_of(world.err(), "node-") >= 2u, world.err());
  world.check_log("first");
}

BOOST_AUTO_TEST_CASE(another_cluster_and_a_second_node_are_refused_by_name) {
  if (skipped()) return;
  const World world;
  const auto run = world.start(world.run("first", 100'000), "first");
  world.await_events(200, "first");

  BOOST_TEST(world.ars(world.run("second", 64)) == 8);
  BOOST_TEST(world.err().find("is running") != std::string::npos, world.err());
  BOOST_TEST(world.err().find("node-") != std::string::npos, world.err());
  ::kill(run, SIGINT);
  BOOST_TEST(World::end_of(run) == 130, world.err("first"));

  const auto embedded =
      fmt::format("run --source sim --seed 5 --limit 64 --log-dir {}", (world / "other").string());
  BOOST_TEST(world.ars(embedded) == 0, world.err());
  BOOST_TEST(world.ars(world.run("other", 64)) == 8);
  BOOST_TEST(count_of(world.err(), "cluster ") >= 2u, world.err());
}

BOOST_AUTO_TEST_CASE(no_broker_at_the_start_is_exit_4_and_nothing_is_made) {
  const auto directory = fs::temp_directory_path() / ("ars-nobroker-" + std::to_string(::getpid()));
  const auto status = std::system(fmt::format("{} run --source sim --limit 64 --backend kafka "
                                              "--brokers 127.0.0.1:1 --log-dir {} 2> /dev/null",
                                              ARS_BINARY, directory.string())
                                      .c_str());

  BOOST_TEST(WEXITSTATUS(status) == 4);
  BOOST_TEST(!fs::exists(directory));
}

BOOST_AUTO_TEST_SUITE_END()
#endif
