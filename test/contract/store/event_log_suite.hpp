// What every EventLog promises, as claims; each implementation runs all of them. A factory gives a
// fresh log, and closes and reopens it where it can.
#pragma once

#include "store/event_log.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>

namespace ars::test {

// One log under test. reopen() is absent where nothing survives.
struct LogUnderTest {
  std::unique_ptr<store::EventLog> log;
  std::function<std::unique_ptr<store::EventLog>()> reopen;
};
using LogFactory = std::function<LogUnderTest()>;

class EventLogSuite {
 public:
  explicit EventLogSuite(LogFactory factory) : factory_(std::move(factory)) {}

  void appends_lie_at_the_next_offsets_in_order();
  void chain_follows_the_formula_from_genesis();
  void batch_is_written_whole_or_not_at_all();
  void known_input_and_known_sequence_are_conflicts();
  void gap_and_broken_history_are_refused();
  void superseded_record_is_kept_but_not_indexed();
  void bytes_that_are_no_envelope_are_refused();
  void indexes_find_what_was_written();
  void families_hold_the_last_write_in_key_order();
  void read_starts_anywhere_and_respects_its_limits();
  void scan_visits_each_record_once_until_told_to_stop();
  void heads_are_in_key_order_and_make_the_log_head();
  void reopened_log_goes_on_where_it_ended();

  void run_all() {
    appends_lie_at_the_next_offsets_in_order();
    chain_follows_the_formula_from_genesis();
    batch_is_written_whole_or_not_at_all();
    known_input_and_known_sequence_are_conflicts();
    gap_and_broken_history_are_refused();
    superseded_record_is_kept_but_not_indexed();
    bytes_that_are_no_envelope_are_refused();
    indexes_find_what_was_written();
    families_hold_the_last_write_in_key_order();
    read_starts_anywhere_and_respects_its_limits();
    scan_visits_each_record_once_until_told_to_stop();
    heads_are_in_key_order_and_make_the_log_head();
    reopened_log_goes_on_where_it_ended();
  }

 private:
  LogFactory factory_;
};

inline const store::Stream evt0{store::Topic::evt, 0};
inline const store::Stream evt1{store::Topic::evt, 1};
inline const store::Stream cmd0{store::Topic::cmd, 0};

inline void EventLogSuite::appends_lie_at_the_next_offsets_in_order() {
  auto under = factory_();
  EventMaker make;
  const store::Batch batch{{to(evt0, make.fact(1)), to(cmd0, make.input("a")),
                            to(evt0, make.fact(1)), to(evt0, make.fact(2))},
                           {}};

  const auto at = must(under.log->commit(batch));

  BOOST_REQUIRE_EQUAL(at.size(), 4u);
  BOOST_TEST(store::to_string(at[0]) == "evt/0/0");
  BOOST_TEST(store::to_string(at[1]) == "cmd/0/0");
  BOOST_TEST(store::to_string(at[2]) == "evt/0/1");
  BOOST_TEST(store::to_string(at[3]) == "evt/0/2");
  BOOST_TEST(under.log->head(evt0).next.value() == 3u);
  BOOST_TEST(under.log->head(evt1).next.value() == 0u);
  const auto next = must(under.log->commit({{to(evt0, make.fact(1))}, {}}));
  BOOST_TEST(store::to_string(next[0]) == "evt/0/3");
}

inline void EventLogSuite::chain_follows_the_formula_from_genesis() {
  auto under = factory_();
  EventMaker make;
  auto chain = store::chain_genesis(cluster_of(), evt1);
  BOOST_TEST((under.log->head(evt1).chain == chain));

  for (std::uint64_t i = 0; i < 5; ++i) {
    const auto event = make.fact(3);
    must(under.log->commit({{to(evt1, event)}, {}}));
    chain = store::chain_next(chain, Offset(i), events::event_hash(event->stored));

    BOOST_TEST((under.log->head(evt1).chain == chain));
  }
  const auto records = must(under.log->read({evt1, Offset(4)}, 10));
  BOOST_REQUIRE_EQUAL(records.size(), 1u);
  BOOST_TEST((records[0].chain == chain));
}

inline void EventLogSuite::batch_is_written_whole_or_not_at_all() {
  auto under = factory_();
  EventMaker make;
  const auto input = make.input("twice");
  must(under.log->commit({{to(cmd0, input)}, {{"st", "key", bytes_of("old")}}}));
  const auto before = under.log->heads();

  const auto fact = make.fact(1);
  refused(under.log->commit({{to(evt0, fact), to(cmd0, input)}, {{"st", "key", bytes_of("new")}}}),
          Errc::conflict);

  BOOST_TEST((under.log->heads() == before));
  BOOST_TEST(!under.log->find(fact->header.event_id).has_value());
  BOOST_TEST(!under.log->find(fact->header.agent_id, Sequence(1)).has_value());
  BOOST_TEST((under.log->get("st", "key") == bytes_of("old")));
  // What was refused leaves nothing behind: the same fact is taken when it comes alone.
  must(under.log->commit({{to(evt0, fact)}, {}}));
}

inline void EventLogSuite::known_input_and_known_sequence_are_conflicts() {
  auto under = factory_();
  EventMaker make;
  const auto input = make.input("once");
  const auto fact = make.fact(1);
  must(under.log->commit({{to(cmd0, input), to(evt0, fact)}, {}}));

  refused(under.log->commit({{to(cmd0, input)}, {}}), Errc::conflict);
  refused(under.log->commit({{to(evt0, fact)}, {}}), Errc::conflict);
  EventMaker other;
  refused(under.log->commit({{to(evt0, other.fact(1, input->header.event_id))}, {}}),
          Errc::conflict);
  const auto fresh = make.input("fresh");
  refused(under.log->commit({{to(cmd0, fresh), to(cmd0, fresh)}, {}}), Errc::conflict);
}

inline void EventLogSuite::gap_and_broken_history_are_refused() {
  auto under = factory_();
  EventMaker make;
  const auto first = make.fact(1);
  const auto second = make.fact(1);

  refused(under.log->commit({{to(evt0, second)}, {}}), Errc::invalid);
  must(under.log->commit({{to(evt0, first)}, {}}));
  auto header = second->header;
  header.agg_prev_hash[0] ^= 1;
  const auto forged = events::seal(header, second->payload);
  refused(under.log->commit({{to(evt0, forged)}, {}}), Errc::invalid);

  must(under.log->commit({{to(evt0, second)}, {}}));
}

inline void EventLogSuite::superseded_record_is_kept_but_not_indexed() {
  auto under = factory_();
  EventMaker make;
  const auto fact = make.fact(1);
  must(under.log->commit({{to(evt0, fact)}, {}}));
  EventMaker other;
  const auto loser = other.fact(1, make.input("x")->header.event_id);

  must(under.log->commit({{{evt0, loser->stored, store::Standing::superseded},
                           {evt0, fact->stored, store::Standing::superseded}},
                          {}}));

  BOOST_TEST(under.log->head(evt0).next.value() == 3u);
  BOOST_TEST(!under.log->find(loser->header.event_id).has_value());
  const auto found = under.log->find(fact->header.agent_id, Sequence(1));
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(store::to_string(*found) == "evt/0/0");
  BOOST_TEST(must(under.log->read({evt0, Offset(0)}, 10)).size() == 3u);
  // The history goes on from what counts.
  must(under.log->commit({{to(evt0, make.fact(1))}, {}}));
}

inline void EventLogSuite::bytes_that_are_no_envelope_are_refused() {
  auto under = factory_();
  EventMaker make;
  auto flipped = make.input("flipped")->stored;
  flipped[flipped.size() / 2] ^= 1;

  refused(under.log->commit({{{cmd0, bytes_of("not an envelope")}}, {}}), Errc::corrupt);
  refused(under.log->commit({{{cmd0, flipped}}, {}}), Errc::corrupt);

  BOOST_TEST(under.log->heads().empty());
}

}  // namespace ars::test

#include "test/contract/store/event_log_reads.hpp"
