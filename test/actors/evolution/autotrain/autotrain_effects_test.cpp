#include "actors/evolution/autotrain/autotrain_effects.hpp"

#include "model/training/job.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

namespace {

using namespace ars;
using namespace ars::actors;
namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "ars-effects-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

events::Event request_of(std::uint64_t job) {
  events::TrainingRequested requested;
  requested.job = job;
  requested.rows_max = 10;
  events::Event out;
  out.header.type_id = events::TrainingRequested::type_id;
  out.payload = requested;
  return out;
}

TrainingSetting setting_of(const Folder& folder, std::string program) {
  TrainingSetting out;
  out.directory = folder.path;
  out.program = std::move(program);
  return out;
}

constexpr auto patience = std::chrono::minutes(1);

}  // namespace

BOOST_AUTO_TEST_SUITE(actors_autotrain_effects)

BOOST_AUTO_TEST_CASE(a_trainer_that_fails_outside_of_its_training_is_no_result) {
  const Folder folder;
  TrainingEffects effects(setting_of(folder, "/bin/false"), 100);
  effects.observe(request_of(4));
  BOOST_REQUIRE(effects.start_requested().has_value());

  const auto taken = effects.take(patience);

  BOOST_REQUIRE(!taken.has_value());
  BOOST_TEST((taken.error().code == Errc::unavailable));
  BOOST_TEST(taken.error().context.starts_with("job 4: the trainer ended with exit code 1"),
             taken.error().context);
  BOOST_TEST(effects.waiting());
}

BOOST_AUTO_TEST_CASE(each_start_of_a_job_has_a_directory_of_its_own) {
  const Folder folder;
  for (int i = 0; i < 2; ++i) {
    TrainingEffects effects(setting_of(folder, "/bin/false"), 100);
    effects.observe(request_of(4));
    BOOST_REQUIRE(effects.start_requested().has_value());
    BOOST_TEST(!effects.take(patience).has_value());
  }

  BOOST_TEST(fs::exists(folder.path / "4-1" / "try-1" / "job.json"));
  BOOST_TEST(fs::exists(folder.path / "4-2" / "try-1" / "job.json"));
}

// Stands in for the trainer: its result was written before.
BOOST_AUTO_TEST_CASE(what_a_trainer_measured_reaches_its_event_with_the_slice) {
  const Folder folder;
  model::TrainJobResult result;
  result.job = 4;
  auto& arm = result.arms.emplace_back();
  arm.label = "noise";  // whose weights nobody keeps
  arm.metrics = {{"all", "auc", 0.75, 9}, {"head_items", "auc", 0.5, 4}, {"all", "ece", {}, 9}};
  std::ofstream(folder.path / "result.json") << model::print_result(result);
  const auto script = folder.path / "trainer.sh";
  std::ofstream(script) << "#!/bin/sh\ncp " << (folder.path / "result.json").string() << " .\n";
  fs::permissions(script, fs::perms::owner_all);
  TrainingEffects effects(setting_of(folder, script.string()), 100);
  effects.observe(request_of(4));
  BOOST_REQUIRE(effects.start_requested().has_value());

  const auto taken = effects.take(patience);

  BOOST_REQUIRE_MESSAGE(taken.has_value(), (taken ? "" : taken.error().context));
  const auto& finished = std::get<events::TrainingFinished>(taken.value().back().payload);
  BOOST_TEST(finished.ok);
  const auto& metrics = finished.arms.at(0).metrics;
  BOOST_REQUIRE_EQUAL(metrics.size(), 2u);
  BOOST_TEST(metrics[0].slice == "all");
  BOOST_TEST(metrics[1].slice == "head_items");
  BOOST_TEST(metrics[1].value == 0.5);
}

// Stands in for the trainer: leaves what it was given, and ends without a result.
BOOST_AUTO_TEST_CASE(a_trainer_gets_the_threads_and_limits_of_the_setting) {
  const Folder folder;
  const auto script = folder.path / "trainer.sh";
  std::ofstream(script)
      << "#!/bin/sh\n(ulimit -v; ulimit -t; echo $OMP_NUM_THREADS; cat job.json) > "
      << (folder.path / "seen").string() << "\n";
  fs::permissions(script, fs::perms::owner_all);
  auto setting = setting_of(folder, script.string());
  setting.trainer.threads = 3;
  setting.trainer.limits.address_space_bytes = std::uint64_t{1} << 30;
  setting.trainer.limits.cpu_seconds = 77;
  TrainingEffects effects(std::move(setting), 100);
  effects.observe(request_of(4));
  BOOST_REQUIRE(effects.start_requested().has_value());

  const auto taken = effects.take(patience);

  BOOST_REQUIRE_MESSAGE(taken.has_value(), (taken ? "" : taken.error().context));
  std::ifstream seen(folder.path / "seen");
  std::string kilobytes, seconds, threads, job;
  seen >> kilobytes >> seconds >> threads;
  std::getline(seen >> std::ws, job, '\0');
  BOOST_TEST(kilobytes == "1048576");
  BOOST_TEST(seconds == "77");
  BOOST_TEST(threads == "3");
  BOOST_TEST(model::parse_job(job).value().threads == 3u);
}

BOOST_AUTO_TEST_CASE(a_trainer_that_is_silent_for_longer_than_its_heartbeat_is_killed) {
  const Folder folder;
  const auto script = folder.path / "trainer.sh";
  std::ofstream(script) << "#!/bin/sh\nsleep 60\n";
  fs::permissions(script, fs::perms::owner_all);
  auto setting = setting_of(folder, script.string());
  setting.trainer.heartbeat = std::chrono::milliseconds(100);
  TrainingEffects effects(std::move(setting), 100);
  effects.observe(request_of(4));
  BOOST_REQUIRE(effects.start_requested().has_value());

  const auto taken = effects.take(patience);

  BOOST_REQUIRE(!taken.has_value());
  BOOST_TEST((taken.error().code == Errc::unavailable));
}

BOOST_AUTO_TEST_CASE(what_killed_runs_left_of_a_job_goes_when_it_is_done) {
  const Folder folder;
  fs::create_directories(folder.path / "4-1" / "try-1");
  fs::create_directories(folder.path / "5-1" / "try-1");
  TrainingEffects effects(setting_of(folder, "/bin/true"), 100);
  effects.observe(request_of(4));
  BOOST_REQUIRE(effects.start_requested().has_value());

  BOOST_REQUIRE(effects.take(patience).has_value());

  BOOST_TEST(!fs::exists(folder.path / "4-1"));
  BOOST_TEST(!fs::exists(folder.path / "4-2"));
  BOOST_TEST(fs::exists(folder.path / "5-1"));
}

BOOST_AUTO_TEST_SUITE_END()
