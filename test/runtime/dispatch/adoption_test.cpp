#include "runtime/dispatch/adoption.hpp"

#include "runtime/replay/fold.hpp"
#include "runtime/replay/rebuild.hpp"
#include "runtime/replay/reexec.hpp"
#include "test/contract/store/results.hpp"
#include "test/runtime/dispatch/shelf_backend.hpp"
#include "test/runtime/replay/mortal_log.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;
using ars::test::must;
using ars::test::refused;
using toys::Bytes;
using toys::ctl;
using toys::evt;
using toys::Owner;
using toys::records_of;
using toys::Shelf;

Result<AdoptionReport> adopt_into(store::EventLog& log, const Owner& owner, Shelf& shelf) {
  const store::BlobStore blobs(log, {});
  AdoptionSetup setup;
  setup.log = &log;
  setup.blobs = &blobs;
  setup.backend = &shelf;
  setup.head_key = owner.key.public_key();
  setup.patience = toys::patience;
  ARS_TRY(const auto report, adopt(setup));
  ARS_TRY([[maybe_unused]] auto built,
          rebuild(log, toys::replay_setup(), {adoption_mark(Adopting::no)}));
  return report;
}
Result<AdoptionReport> adopt_into(const Owner& owner, Shelf& shelf) {
  return adopt_into(*owner.log, owner, shelf);
}

struct Fixture {
  Fixture() {
    toys::mood = {};
    first.create();
    BOOST_REQUIRE(toys::World(*first.log).run_to(8));
    must(first.publish(shelf));
  }
  Owner first{1};
  Owner second{2};
  Owner third{3};
  Shelf shelf;

  static void check_replay(const store::EventLog& log) {
    const auto folded = must(fold(log, toys::replay_setup()));
    BOOST_TEST(folded.equal, folded.difference);
    const auto again = must(reexec(log, toys::replay_setup(), &toys::answer));
    BOOST_TEST(again.diverged == 0u);
    BOOST_TEST(again.exact == again.decisions);
  }
  // All but the new owner's claim and fence.
  static void check_same_but_for_claim(const store::EventLog& before,
                                       const store::EventLog& after) {
    for (const auto& stream : {ctl, evt}) {
      auto records = records_of(after, stream);
      BOOST_REQUIRE(!records.empty());
      records.pop_back();
      BOOST_TEST((records == records_of(before, stream)));
    }
  }
  // The evt records of one more batch of a node that nobody reads.
  std::vector<Bytes> unpublished_batch() {
    const auto before = first.log->head(evt).next.value();
    BOOST_REQUIRE(toys::World(*first.log).run_to(9));
    const auto all = records_of(*first.log, evt);
    return {all.begin() + static_cast<std::ptrdiff_t>(before), all.end()};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_adoption, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_log_adopts_every_record_and_folds_to_the_same_states) {
  const auto report = must(adopt_into(second, shelf));

  check_same_but_for_claim(*first.log, *second.log);
  BOOST_TEST(report.before.node == first.name());
  BOOST_TEST(report.now.node == second.name());
  BOOST_TEST(report.now.epoch.value() == 2u);
  BOOST_TEST(report.superseded == 0u);
  BOOST_TEST(!is_adopting(*second.log));
  check_replay(*second.log);
  BOOST_TEST((must(fold(*second.log, toys::replay_setup())).state_hash ==
              must(fold(*first.log, toys::replay_setup())).state_hash));
  for (const auto family : {store::family::state, store::family::view}) {
    std::map<std::string, Bytes> rows;
    first.log->each(family, "", [&](std::string_view key, ByteSpan value) {
      rows.emplace(key, Bytes(value.begin(), value.end()));
      return true;
    });
    BOOST_TEST(!rows.empty());
    second.log->each(family, "", [&](std::string_view key, ByteSpan value) {
      BOOST_TEST((rows[std::string(key)] == Bytes(value.begin(), value.end())));
      rows.erase(std::string(key));
      return true;
    });
    BOOST_TEST(rows.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_new_owner_goes_on_and_is_adopted_in_turn) {
  must(adopt_into(second, shelf));
  BOOST_REQUIRE(toys::World(*second.log).run_to(12));
  must(second.publish(shelf));
  check_replay(*second.log);

  const auto report = must(adopt_into(third, shelf));

  check_same_but_for_claim(*second.log, *third.log);
  BOOST_TEST(report.now.epoch.value() == 3u);
  check_replay(*third.log);
}

BOOST_AUTO_TEST_CASE(a_batch_that_was_cut_off_with_its_owner_does_not_count) {
  const auto whole = records_of(*first.log, evt);
  const auto batch = unpublished_batch();
  BOOST_REQUIRE(batch.size() > 4);
  auto& there = shelf.records[evt];
  there.insert(there.end(), batch.begin(), batch.begin() + 4);

  const auto report = must(adopt_into(second, shelf));

  auto adopted = records_of(*second.log, evt);
  adopted.pop_back();
  BOOST_TEST((adopted == whole));
  BOOST_TEST(report.superseded == 4u);
  BOOST_REQUIRE(toys::World(*second.log).run_to(10));
  must(second.publish(shelf));
  BOOST_TEST(shelf.records[evt].size() == second.log->head(evt).next.value() + 4);
  must(adopt_into(third, shelf));
  check_same_but_for_claim(*second.log, *third.log);
  check_replay(*third.log);
}

BOOST_AUTO_TEST_CASE(whole_batches_behind_the_newest_head_count_but_for_the_last) {
  const auto one = unpublished_batch();
  const auto whole = records_of(*first.log, evt);
  BOOST_REQUIRE(toys::World(*first.log).run_to(10));
  auto& there = shelf.records[evt];
  const auto all = records_of(*first.log, evt);
  there = all;

  must(adopt_into(second, shelf));

  auto adopted = records_of(*second.log, evt);
  adopted.pop_back();
  BOOST_TEST((adopted == whole));
  BOOST_TEST(!one.empty());
  check_replay(*second.log);
}

BOOST_AUTO_TEST_CASE(a_former_owner_is_refused_and_both_are_named) {
  auto asleep = first.publisher(shelf);
  must(asleep.publish(toys::patience));
  must(adopt_into(second, shelf));
  const auto late = unpublished_batch();
  BOOST_TEST(!late.empty());

  const auto awake = asleep.publish(toys::patience);
  const auto again = first.publish(shelf);

  for (const auto* each : {&awake, &again}) {
    refused(*each, Errc::conflict);
    BOOST_TEST(each->error().context.find(first.name()) != std::string::npos);
    BOOST_TEST(each->error().context.find(second.name()) != std::string::npos);
  }
  BOOST_TEST(shelf.records[evt].size() == records_of(*second.log, evt).size() - 1);
}

BOOST_AUTO_TEST_CASE(what_a_former_owner_had_on_its_way_is_passed_over_by_everybody) {
  must(adopt_into(second, shelf));
  auto publisher = second.publisher(shelf);
  must(publisher.publish(toys::patience));
  const auto late = unpublished_batch();
  auto& there = shelf.records[evt];
  there.insert(there.end(), late.begin(), late.end());

  BOOST_REQUIRE(toys::World(*second.log).run_to(11));
  must(publisher.publish(toys::patience));
  BOOST_REQUIRE(toys::World(*second.log).run_to(12));
  must(second.publish(shelf));

  BOOST_TEST(there.size() == second.log->head(evt).next.value() + late.size());
  const auto report = must(adopt_into(third, shelf));
  BOOST_TEST(report.superseded == late.size());
  check_same_but_for_claim(*second.log, *third.log);
  check_replay(*third.log);
}

BOOST_AUTO_TEST_CASE(of_two_that_adopt_at_once_the_first_claim_wins) {
  shelf.before_append = [&](const store::Stream&) { must(adopt_into(third, shelf)); };

  const auto lost = adopt_into(second, shelf);

  refused(lost, Errc::conflict);
  BOOST_TEST(lost.error().context.find(second.name()) != std::string::npos);
  BOOST_TEST(lost.error().context.find(third.name()) != std::string::npos);
  must(third.publish(shelf));
  BOOST_TEST(toys::World(*third.log).run_to(9));
  must(third.publish(shelf));
  check_replay(*third.log);
}

BOOST_AUTO_TEST_CASE(an_owner_that_was_gone_before_it_wrote_leaves_nothing_to_take_over) {
  must(adopt_into(second, shelf));  // and publishes nothing

  must(adopt_into(third, shelf));

  BOOST_TEST(third.log->head(evt).next.value() == first.log->head(evt).next.value() + 1);
  BOOST_TEST(third.log->head(ctl).next.value() == first.log->head(ctl).next.value() + 2);
  check_replay(*third.log);
}

BOOST_AUTO_TEST_CASE(records_other_than_their_owner_signed_are_refused) {
  auto& there = shelf.records[evt];
  const auto is_request = [](const Bytes& stored) {
    return events::stored_type(stored) == events::RequestReceived::type_id;
  };
  const auto one = std::find_if(there.begin(), there.end(), is_request);
  const auto other = std::find_if(one + 1, there.end(), is_request);
  BOOST_REQUIRE(other != there.end());
  std::iter_swap(one, other);

  const auto adopted = adopt_into(second, shelf);

  refused(adopted, Errc::corrupt);
  BOOST_TEST(adopted.error().context.find("chain") != std::string::npos);
  BOOST_TEST(shelf.records[ctl].size() == records_of(*first.log, ctl).size());
}

BOOST_AUTO_TEST_CASE(a_namespace_that_lost_its_tail_is_refused) {
  shelf.records[evt].pop_back();

  refused(adopt_into(second, shelf), Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(decisions_without_their_weights_are_refused) {
  events::Scored scored;
  scored.weights[0] = 9;
  store::Batch batch;
  batch.appends.push_back({evt, Owner::record(1'000'000'000'000, scored)});
  must(first.log->commit(batch));
  must(first.publish(shelf));

  const auto adopted = adopt_into(second, shelf);

  refused(adopted, Errc::corrupt);
  BOOST_TEST(adopted.error().context.find("weights") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_adoption_that_died_at_any_commit_goes_on_with_the_same_end) {
  std::uint64_t deaths = 0;
  for (const auto dies : {toys::MortalLog::Dies::before, toys::MortalLog::Dies::after}) {
    for (std::uint64_t at = 0;; ++at) {
      Shelf copy = shelf;
      Owner node{9};
      toys::MortalLog mortal(*node.log, at, dies);
      const auto dead = adopt_into(mortal, node, copy);
      if (!mortal.dead()) {
        must(dead);
        break;
      }
      ++deaths;
      must(adopt_into(node, copy));
      check_same_but_for_claim(*first.log, *node.log);
      const auto folded = must(fold(*node.log, toys::replay_setup()));
      BOOST_TEST(folded.equal, folded.difference);
      BOOST_TEST(copy.records[ctl].size() == node.log->head(ctl).next.value());
    }
  }
  BOOST_TEST(deaths >= 10u);
}

BOOST_AUTO_TEST_CASE(a_directory_that_wrote_what_nobody_took_over_is_left_as_it_is) {
  must(adopt_into(second, shelf));
  must(second.publish(shelf));
  const auto late = unpublished_batch();
  const auto before = store::log_head(first.log->heads());
  BOOST_TEST(!late.empty());

  refused(first.publish(shelf), Errc::conflict);

  BOOST_TEST((store::log_head(first.log->heads()) == before));
  check_replay(*first.log);
}

BOOST_AUTO_TEST_SUITE_END()
