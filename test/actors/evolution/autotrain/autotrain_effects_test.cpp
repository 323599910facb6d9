#include "actors/evolution/autotrain/autotrain_effects.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

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

BOOST_AUTO_TEST_SUITE_END()
