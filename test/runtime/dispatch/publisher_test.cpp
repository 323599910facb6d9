#include "runtime/dispatch/publisher.hpp"

#include "test/contract/store/results.hpp"
#include "test/runtime/dispatch/shelf_backend.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::runtime;
using ars::test::must;
using ars::test::refused;
using toys::ctl;
using toys::evt;
using toys::Owner;
using toys::records_of;
using toys::Shelf;

struct Fixture {
  Fixture() {
    toys::mood = {};
    owner.create();
  }
  Owner owner{1};
  Shelf shelf;
  void run_to(std::uint64_t batch) { BOOST_REQUIRE(toys::World(*owner.log).run_to(batch)); }
  void check_same() {
    BOOST_TEST((shelf.records[ctl] == records_of(*owner.log, ctl)));
    BOOST_TEST((shelf.records[evt] == records_of(*owner.log, evt)));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_publisher, Fixture)

BOOST_AUTO_TEST_CASE(offsets_there_are_offsets_here_across_restarts) {
  for (const std::uint64_t batch : {2, 3, 7}) {
    run_to(batch);
    must(owner.publish(shelf));
    check_same();
  }
}

BOOST_AUTO_TEST_CASE(an_outage_loses_nothing_and_repeats_nothing) {
  auto publisher = owner.publisher(shelf);
  run_to(3);
  shelf.outages = 3;

  for (int i = 0; i < 3; ++i)
    refused(publisher.publish(toys::patience), Errc::unavailable);
  must(publisher.publish(toys::patience));

  check_same();
  BOOST_TEST(publisher.lag() == 0u);
}

BOOST_AUTO_TEST_CASE(the_lag_is_known_while_nobody_answers) {
  auto publisher = owner.publisher(shelf);
  must(publisher.publish(toys::patience));
  run_to(2);
  shelf.outages = 1;

  refused(publisher.publish(toys::patience), Errc::unavailable);

  BOOST_TEST(publisher.lag() > 0u);
}

BOOST_AUTO_TEST_CASE(records_that_went_out_twice_are_passed_over_by_readers) {
  run_to(2);
  must(owner.publish(shelf));
  auto& there = shelf.records[evt];
  const std::vector<toys::Bytes> repeat(there.end() - 3, there.end());
  there.insert(there.end(), repeat.begin(), repeat.end());
  run_to(4);

  must(owner.publish(shelf));

  TermRecords records({{Epoch(1), owner.name(), owner.key.public_key(), {}}});
  std::vector<toys::Bytes> counted;
  for (const auto& each : there) {
    if (must(records.take(each)) == Counting::counts) counted.push_back(each);
  }
  BOOST_TEST((counted == records_of(*owner.log, evt)));
}

BOOST_AUTO_TEST_CASE(another_cluster_is_refused_and_both_are_named) {
  must(owner.publish(shelf));
  Bytes16 id{};
  id[3] = 5;
  Owner stranger{2};
  stranger.log = store::MemoryLog::open(ClusterId(id)).value();
  events::ClusterCreated created;
  created.cluster = ClusterId(id);
  store::Batch batch;
  batch.appends.push_back({ctl, Owner::record(1, created)});
  must(stranger.log->commit(batch));

  const auto published = stranger.publish(shelf);

  refused(published, Errc::conflict);
  BOOST_TEST(published.error().context.find(to_hex(ClusterId(id))) != std::string::npos);
  BOOST_TEST(published.error().context.find(to_hex(toys::cluster)) != std::string::npos);
  check_same();
}

BOOST_AUTO_TEST_CASE(a_log_that_is_behind_the_backend_is_refused) {
  run_to(2);
  must(owner.publish(shelf));
  Owner older{1};
  older.create();

  refused(older.publish(shelf), Errc::conflict);
}

BOOST_AUTO_TEST_CASE(each_head_on_the_backend_is_signed_by_the_owner) {
  run_to(2);
  must(owner.publish(shelf));

  std::vector<std::string> origins;
  for (const auto& stored : shelf.records[heads_stream]) {
    const auto event = must(events::open_event(stored));
    const auto* head = event->as<events::HeadSigned>();
    BOOST_REQUIRE(head != nullptr);
    BOOST_TEST(store::head_holds(*head, owner.key.public_key()));
    origins.push_back(head->origin);
  }
  BOOST_TEST(origins.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
