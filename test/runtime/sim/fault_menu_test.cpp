#include "runtime/sim/fault_menu.hpp"

#include "events/base/narrow.hpp"
#include "runtime/dispatch/publisher.hpp"
#include "runtime/limits.hpp"
#include "runtime/sim/sim_backend.hpp"
#include "test/runtime/dispatch/shelf_backend.hpp"
#include "test/runtime/replay/mortal_log.hpp"
#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <optional>
#include <set>

namespace {

using namespace ars;
using namespace ars::runtime;

const store::Stream evt{store::Topic::evt, 0};
const store::Stream ctl{store::Topic::ctl, 0};
constexpr std::chrono::milliseconds deadline{100};
constexpr std::chrono::milliseconds patience{1'000'000};

// Simulations print their seed and take it back from here.
std::uint64_t first_seed() {
  const auto* given = std::getenv("ARS_TEST_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  BOOST_TEST_MESSAGE("ARS_TEST_SEED=" << seed);
  return seed;
}

// A publisher that sends again without asking what became of the first attempt.
class ForgetfulPublisher {
 public:
  ForgetfulPublisher(const store::EventLog& log, store::LogBackend& backend)
      : log_(log), backend_(backend) {}
  virtual ~ForgetfulPublisher() = default;
  Result<void> publish(std::chrono::milliseconds wait) {
    for (const auto& stream : {ctl, evt}) {
      if (!next_.contains(stream)) {
        ARS_TRY(const auto marks, backend_.watermarks(stream, wait));
        next_[stream] = marks.next;
      }
      while (next_[stream] < log_.head(stream).next) {
        ARS_TRY(const auto records, log_.read({stream, next_[stream]}, 50));
        SimRecords bytes;
        for (const auto& record : records)
          bytes.push_back(record.stored);
        ARS_TRY(advance(stream, bytes, wait));
      }
    }
    return success();
  }

 protected:
  virtual Result<void> advance(const store::Stream& stream, const SimRecords& bytes,
                               std::chrono::milliseconds wait) {
    ARS_TRY([[maybe_unused]] auto first, backend_.append(stream, bytes, wait));
    next_[stream] = Offset(next_[stream].value() + bytes.size());
    return success();
  }
  const store::EventLog& log_;
  store::LogBackend& backend_;
  std::map<store::Stream, Offset> next_;
};

// A publisher that takes an append without an answer for done.
class HopefulPublisher final : public ForgetfulPublisher {
 public:
  using ForgetfulPublisher::ForgetfulPublisher;

 private:
  Result<void> advance(const store::Stream& stream, const SimRecords& bytes,
                       std::chrono::milliseconds wait) override {
    const auto sent = backend_.append(stream, bytes, wait);
    next_[stream] = Offset(next_[stream].value() + bytes.size());
    if (!sent.has_value()) return outcome::failure(sent.error());
    return success();
  }
};

// What a backend holds against the log it came from: empty when it is the same in the same order,
// else the first difference. A record may come again later, which readers pass over.
std::string compare(const store::EventLog& log, const SimBroker& broker) {
  for (const auto& stream : {ctl, evt}) {
    const auto here = toys::records_of(log, stream);
    std::set<toys::Bytes> seen;
    std::size_t next = 0;
    for (const auto& stored : broker.records(stream)) {
      if (next < here.size() && stored == here[next]) {
        seen.insert(here[next++]);
      } else if (!seen.contains(stored)) {
        return store::to_string({stream, Offset(next)}) + " is another record there";
      }
    }
    if (next != here.size()) {
      return fmt::format("{}: {} records here, {} there", store::to_string(stream.topic),
                         here.size(), next);
    }
  }
  return {};
}

PublisherSetup setup_of(const store::EventLog& log, store::LogBackend& backend) {
  PublisherSetup out;
  out.log = &log;
  out.backend = &backend;
  return out;
}

// A log that grows while a publisher sends it through a hostile world; both die now and then. Gives
// what is wrong in the end, empty when nothing is.
template <class P>
std::string simulate(std::uint64_t seed, const FaultMenu& menu, FaultDice* told = nullptr) {
  SimWorld world(Seed(seed), menu);
  SimBroker broker(1);
  toys::Owner owner(1);
  owner.create();
  const auto& log = owner.log;
  std::uint64_t made = 0;
  std::unique_ptr<SimBackend> backend;
  std::optional<P> publisher;
  const auto begin = [&] {
    publisher.reset();
    backend = std::make_unique<SimBackend>(world, broker);
    if constexpr (std::is_same_v<P, Publisher>) {
      publisher.emplace(setup_of(*log, *backend));
    } else {
      publisher.emplace(*log, *backend);
    }
  };
  begin();
  for (int step = 0; step < 40; ++step) {
    store::Batch batch;
    for (auto n = world.dice.below(60); n > 0; --n) {
      const events::InputQuarantined input{"rows", ++made, "odd", "a row"};
      batch.appends.push_back({evt, toys::Owner::record(100 + made, input)});
    }
    if (!log->commit(batch).has_value()) return "the local log refuses";
    if (world.dice.below(3) == 0) continue;
    const auto published = publisher->publish(deadline);
    if (!published.has_value() && published.error().code != Errc::unavailable) {
      return published.error().context;
    }
    if (world.dice.below(10) == 0) begin();
    if (world.dice.below(10) == 0) world.scheduler.advance(Duration::seconds(2));
  }
  world.dice.calm();
  const auto last = publisher->publish(patience);
  world.scheduler.drain();
  if (told != nullptr) *told = world.dice;
  if (!last.has_value()) return last.error().context;
  auto wrong = compare(*log, broker);
  if (wrong.empty()) return wrong;
  const auto noticed = Publisher(setup_of(*log, *backend)).align(patience);
  return noticed.has_value() ? "silent: " + wrong : noticed.error().context;
}

// How many of these seeds find something wrong.
template <class P>
std::size_t found_by(std::uint64_t seeds) {
  std::size_t out = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    out += simulate<P>(seed, FaultMenu::survivable()).empty() ? 0 : 1;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_fault_menu)

BOOST_AUTO_TEST_CASE(publisher_loses_nothing_and_repeats_nothing_whatever_the_seed) {
  const auto first = first_seed();
  std::array<std::uint64_t, fault_count> struck{};
  for (auto seed = first; seed < first + 200; ++seed) {
    FaultDice told(Seed(0), FaultMenu::nothing());

    const auto wrong = simulate<Publisher>(seed, FaultMenu::survivable(), &told);

    BOOST_TEST(wrong.empty(), "ARS_TEST_SEED=" << seed << ": " << wrong);
    for (std::size_t i = 0; i < fault_count; ++i)
      struck[i] += told.struck(static_cast<Fault>(i));
  }
  for (std::size_t i = 0; i < fault_count; ++i) {
    const auto fault = static_cast<Fault>(i);
    // The publisher reads back one record at a time, of which nothing can be short.
    if (fault == Fault::late_write || fault == Fault::short_fetch) continue;
    BOOST_TEST(struck[i] > 0u, to_string(fault) << " never struck");
  }
}

BOOST_AUTO_TEST_CASE(simulation_catches_a_publisher_that_sends_again_without_asking) {
  BOOST_TEST(found_by<ForgetfulPublisher>(20) >= 5u);
}

BOOST_AUTO_TEST_CASE(simulation_catches_a_publisher_that_takes_silence_for_done) {
  BOOST_TEST(found_by<HopefulPublisher>(20) >= 5u);
}

BOOST_AUTO_TEST_CASE(late_write_that_no_client_can_prevent_is_passed_over) {
  const auto menu = FaultMenu::survivable().with(Fault::late_write, 1);
  std::uint64_t late = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    FaultDice told(Seed(0), FaultMenu::nothing());

    const auto wrong = simulate<Publisher>(seed, menu, &told);

    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
    late += told.struck(Fault::late_write);
  }
  BOOST_TEST(late > 0u);
}

// A whole node: its disk dies at some commit, its publisher's world is hostile, and both begin
// again until the work is done. What is then in the log and at the broker is what a kind world
// gives.
BOOST_AUTO_TEST_CASE(node_over_a_dying_disk_and_a_hostile_broker_ends_with_the_same_log) {
  constexpr std::uint64_t batches = 7;
  toys::mood = {};
  auto kind = toys::new_log();
  BOOST_REQUIRE(toys::World(*kind).run_to(batches));
  const auto expected = to_hex(ByteSpan(store::log_head(kind->heads())));
  const auto first = first_seed();
  std::uint64_t deaths = 0;
  for (auto seed = first; seed < first + 20; ++seed) {
    SimWorld world(Seed(seed), FaultMenu::survivable());
    SimBroker broker(1);
    auto log = toys::new_log();
    for (std::uint64_t done = 0; done < batches;) {
      const auto dies =
          world.dice.below(2) == 0 ? toys::MortalLog::Dies::before : toys::MortalLog::Dies::after;
      toys::MortalLog mortal(*log, world.dice.below(20), dies);
      SimBackend backend(world, broker);
      Publisher publisher(setup_of(mortal, backend));
      toys::World node(mortal);
      while (done < batches && node.run_to(done + 1)) {
        ++done;
        const auto published = publisher.publish(deadline);
        BOOST_REQUIRE((published.has_value() || published.error().code == Errc::unavailable));
      }
      deaths += mortal.dead() ? 1 : 0;
    }
    world.dice.calm();
    SimBackend backend(world, broker);
    BOOST_REQUIRE(Publisher(setup_of(*log, backend)).publish(patience).has_value());

    BOOST_TEST(to_hex(ByteSpan(store::log_head(log->heads()))) == expected,
               "ARS_TEST_SEED=" << seed);
    BOOST_TEST(compare(*log, broker).empty(), "ARS_TEST_SEED=" << seed);
  }
  BOOST_TEST(deaths > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
