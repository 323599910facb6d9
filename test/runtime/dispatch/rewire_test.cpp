#include "runtime/replay/fold.hpp"
#include "runtime/replay/reexec.hpp"
#include "test/runtime/replay/mortal_log.hpp"
#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;

std::vector<events::RewireState> states_of(const store::EventLog& log) {
  std::vector<events::RewireState> out;
  const auto scanned = log.scan({{store::Topic::ctl, 0}, Offset(0)},
                                [&](const store::Pointer&, const Bytes32&, ByteSpan stored) {
                                  const auto event = events::open_event(stored).value();
                                  if (const auto* step = event->as<events::RewireAdvanced>()) {
                                    out.push_back(step->state);
                                  }
                                  return true;
                                });
  BOOST_REQUIRE(scanned.has_value());
  return out;
}

constexpr std::uint64_t batches = 7;

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_rewire)

BOOST_AUTO_TEST_CASE(each_rewiring_writes_its_eight_states_in_order) {
  toys::mood = {};
  auto log = toys::new_log();

  BOOST_REQUIRE(toys::World(*log).run_to(batches));

  const auto states = states_of(*log);
  BOOST_REQUIRE(states.size() ==
                24u);  // the first composition, a second recall, the first one gone
  for (std::size_t i = 0; i < states.size(); ++i) {
    BOOST_TEST(static_cast<std::size_t>(states[i]) == i % 8);
  }
}

BOOST_AUTO_TEST_CASE(a_crash_at_any_commit_resumes_with_the_same_log) {
  toys::mood = {};
  auto whole = toys::new_log();
  BOOST_REQUIRE(toys::World(*whole).run_to(batches));
  const auto expected = store::log_head(whole->heads());

  std::uint64_t crashes = 0;
  for (const auto dies : {toys::MortalLog::Dies::before, toys::MortalLog::Dies::after}) {
    for (std::uint64_t at = 0;; ++at) {
      auto log = toys::new_log();
      toys::MortalLog mortal(*log, at, dies);
      const bool finished = toys::World(mortal).run_to(batches);
      if (!mortal.dead()) {
        BOOST_TEST(finished);
        break;
      }
      ++crashes;
      BOOST_REQUIRE(toys::World(*log).run_to(batches));
      BOOST_TEST(to_hex(ByteSpan(store::log_head(log->heads()))) == to_hex(ByteSpan(expected)),
                 "crash at commit "
                     << at << (dies == toys::MortalLog::Dies::before ? " before" : " after"));
    }
  }
  BOOST_TEST(crashes == 2 * (batches + 24));
}

BOOST_AUTO_TEST_CASE(a_log_that_was_cut_in_a_rewiring_folds_and_decides_again) {
  toys::mood = {};
  for (std::uint64_t at = 10; at < 20; ++at) {
    auto log = toys::new_log();
    toys::MortalLog mortal(*log, at, toys::MortalLog::Dies::after);
    toys::World(mortal).run_to(batches);
    BOOST_REQUIRE(toys::World(*log).run_to(batches));

    const auto folded = fold(*log, toys::replay_setup());
    BOOST_REQUIRE(folded.has_value());
    BOOST_TEST(folded.value().equal, folded.value().difference);
    const auto again = reexec(*log, toys::replay_setup(), toys::answer);
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again.value().diverged == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
