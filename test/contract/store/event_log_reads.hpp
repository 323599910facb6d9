// The claims of EventLogSuite about reading: indexes, families, scans, heads, reopening. Included
// by event_log_suite.hpp alone.
#pragma once

#include "test/contract/store/event_log_suite.hpp"

namespace ars::test {

inline void EventLogSuite::indexes_find_what_was_written() {
  auto under = factory_();
  EventMaker make;
  const auto input = make.input("cause");
  must(under.log->commit({{to(cmd0, input)}, {}}));
  std::vector<events::EventPtr> facts;
  for (int i = 0; i < 6; ++i) {
    facts.push_back(make.fact(9, input->header.event_id));
    must(under.log->commit({{to(evt1, make.fact(8)), to(evt1, facts.back())}, {}}));
  }

  const auto& header = facts[2]->header;
  const store::Pointer third{evt1, Offset(5)};
  BOOST_TEST((under.log->find(header.event_id) == third));
  BOOST_TEST((under.log->find(header.agent_id, Sequence(3)) == third));
  BOOST_TEST(!under.log->find(header.agent_id, Sequence(7)).has_value());
  const auto history = under.log->history(header.agent_id, Sequence(3), 3);
  BOOST_REQUIRE_EQUAL(history.size(), 3u);
  BOOST_TEST((history[0] == third));
  BOOST_TEST(history[2].offset.value() == 9u);
  BOOST_TEST(under.log->correlated(correlation_of(10), 100).size() == 6u);
  BOOST_TEST(under.log->correlated(correlation_of(10), 4).size() == 4u);
  BOOST_TEST(under.log->correlated(correlation_of(77), 4).empty());
  BOOST_TEST(under.log->caused_by(input->header.event_id, 100).size() == 6u);
  BOOST_TEST(under.log->caused_by(header.event_id, 100).empty());
}

inline void EventLogSuite::families_hold_the_last_write_in_key_order() {
  auto under = factory_();
  must(under.log->commit({{},
                          {{"view", "b/2", bytes_of("two")},
                           {"view", "b/1", bytes_of("one")},
                           {"view", "c/1", bytes_of("other")},
                           {"view", "b/2", bytes_of("second")},
                           {"snap", "b/1", bytes_of("elsewhere")},
                           {"view", "b/3", bytes_of("three")},
                           {"view", "b/3", std::nullopt}}}));

  std::string seen;
  under.log->each("view", "b/", [&](std::string_view key, ByteSpan value) {
    seen += std::string(key) + "=" + std::string(as_text(value)) + " ";
    return true;
  });

  BOOST_TEST(seen == "b/1=one b/2=second ");
  BOOST_TEST((under.log->get("snap", "b/1") == bytes_of("elsewhere")));
  BOOST_TEST(!under.log->get("view", "b/3").has_value());
  std::size_t visits = 0;
  under.log->each("view", "", [&](std::string_view, ByteSpan) { return ++visits < 2; });
  BOOST_TEST(visits == 2u);
}

inline void EventLogSuite::read_starts_anywhere_and_respects_its_limits() {
  auto under = factory_();
  EventMaker make;
  store::Batch batch;
  for (int i = 0; i < 20; ++i)
    batch.appends.push_back(to(evt0, make.fact(1)));
  must(under.log->commit(batch));

  const auto some = must(under.log->read({evt0, Offset(7)}, 5));
  const auto tail = must(under.log->read({evt0, Offset(18)}, 5));
  const auto none = must(under.log->read({evt0, Offset(20)}, 5));
  const auto thin = must(under.log->read({evt0, Offset(0)}, 20, 1000));

  BOOST_REQUIRE_EQUAL(some.size(), 5u);
  BOOST_TEST(some[0].at.offset.value() == 7u);
  BOOST_TEST((some[4].stored == batch.appends[11].stored));
  BOOST_TEST(tail.size() == 2u);
  BOOST_TEST(none.empty());
  BOOST_TEST(thin.size() >= 1u);
  BOOST_TEST(thin.size() < 5u);
}

inline void EventLogSuite::scan_visits_each_record_once_until_told_to_stop() {
  auto under = factory_();
  EventMaker make;
  std::vector<std::vector<std::uint8_t>> written;
  for (int i = 0; i < 30; ++i) {
    const auto event = make.fact(1);
    written.push_back(event->stored);
    must(under.log->commit({{to(evt0, event), to(evt1, make.fact(2))}, {}}));
  }

  std::uint64_t next = 3;
  bool equal = true;
  must(under.log->scan({evt0, Offset(3)}, [&](const store::Pointer& at, const Bytes32&,
                                              ByteSpan stored) {
    equal = equal && at.stream == evt0 && at.offset.value() == next &&
            std::equal(stored.begin(), stored.end(), written[next].begin(), written[next].end());
    ++next;
    return true;
  }));
  std::size_t visits = 0;
  must(under.log->scan({evt0, Offset(0)}, [&](const store::Pointer&, const Bytes32&, ByteSpan) {
    return ++visits < 10;
  }));

  BOOST_TEST(equal);
  BOOST_TEST(next == 30u);
  BOOST_TEST(visits == 10u);
}

inline void EventLogSuite::heads_are_in_key_order_and_make_the_log_head() {
  auto under = factory_();
  EventMaker make;
  const store::Stream ctl{store::Topic::ctl, 0};
  const store::Stream dlq{store::Topic::dlq, 0};
  const auto empty = store::log_head(under.log->heads());
  must(under.log->commit({{to(ctl, make.input("c")), to(evt1, make.fact(1)),
                           to(cmd0, make.input("d")), to(evt0, make.fact(2))},
                          {}}));

  const auto heads = under.log->heads();
  const auto sum = store::log_head(heads);
  must(under.log->commit({{to(dlq, make.input("e"))}, {}}));

  BOOST_REQUIRE_EQUAL(heads.size(), 4u);
  BOOST_TEST((heads[0].stream == evt0));
  BOOST_TEST((heads[1].stream == evt1));
  BOOST_TEST((heads[2].stream == cmd0));
  BOOST_TEST((heads[3].stream == ctl));
  BOOST_TEST((sum != empty));
  // Dead letters are not part of the one number.
  BOOST_TEST((store::log_head(under.log->heads()) == sum));
  must(under.log->commit({{to(evt0, make.fact(2))}, {}}));
  BOOST_TEST((store::log_head(under.log->heads()) != sum));
}

inline void EventLogSuite::reopened_log_goes_on_where_it_ended() {
  auto under = factory_();
  if (!under.reopen) return;
  EventMaker make;
  const auto input = make.input("kept");
  must(under.log->commit({{to(cmd0, input), to(evt0, make.fact(1)), to(evt0, make.fact(1))},
                          {{"st", "agent", bytes_of("state")}}}));
  const auto heads = under.log->heads();
  must(under.log->close());
  under.log.reset();

  under.log = under.reopen();

  BOOST_TEST((under.log->heads() == heads));
  BOOST_TEST((under.log->get("st", "agent") == bytes_of("state")));
  refused(under.log->commit({{to(cmd0, input)}, {}}), Errc::conflict);
  const auto mark = make.mark();
  make.fact(1);
  refused(under.log->commit({{to(evt0, make.fact(1))}, {}}), Errc::invalid);
  make.reset(mark);
  const auto at = must(under.log->commit({{to(evt0, make.fact(1))}, {}}));
  BOOST_TEST(store::to_string(at[0]) == "evt/0/2");
}

}  // namespace ars::test
