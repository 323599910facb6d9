#include "runtime/event_sourced/agent_host.hpp"

#include "test/contract/store/results.hpp"
#include "test/runtime/replay/toy_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace ars;
using namespace ars::runtime;

const HostIdentity identity{toys::cluster, 0, 1, Seed(7)};
const toys::Views views;

struct Fixture {
  Fixture() { toys::mood = {}; }
  ~Fixture() { toys::mood = {}; }
};

AgentHost host_of(const std::string& kind) {
  return AgentHost(identity, toys::kinds().at(kind), {kind, kind, "", {}});
}

events::Event request_of(std::uint8_t user, std::uint64_t ordinal) {
  events::Event out;
  events::RequestReceived request;
  request.request = RequestId(toys::sixteen(1, static_cast<std::uint8_t>(ordinal)));
  request.user = UserId(toys::sixteen(2, user));
  request.ordinal = ordinal;
  out.header.event_id = EventId(toys::sixteen(3, static_cast<std::uint8_t>(ordinal)));
  out.header.correlation_id = CorrelationId(request.request.value());
  out.header.log_time_ns = 1'000 + ordinal;
  out.header.type_id = events::RequestReceived::type_id;
  out.payload = request;
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_agent_host, Fixture)

BOOST_AUTO_TEST_CASE(each_entity_has_an_agent_with_a_history_of_its_own) {
  auto host = host_of("traffic");

  const auto ann = host.step(request_of(1, 0), &views);
  const auto bob = host.step(request_of(2, 1), &views);
  const auto ann_again = host.step(request_of(1, 2), &views);

  BOOST_TEST(host.size() == 2u);
  BOOST_CHECK(ann.facts[0]->header.agent_id != bob.facts[0]->header.agent_id);
  BOOST_CHECK(ann.facts[0]->header.agent_id == ann_again.facts[0]->header.agent_id);
  BOOST_TEST(bob.facts[0]->header.agg_seq.value() == 1u);
  BOOST_TEST(ann_again.facts[0]->header.agg_seq.value() == 2u);
}

BOOST_AUTO_TEST_CASE(facts_name_their_cause_and_carry_its_correlation) {
  auto host = host_of("traffic");
  const auto input = request_of(1, 0);

  const auto result = host.step(input, &views);

  BOOST_REQUIRE(result.facts.size() == 1u);
  const auto& header = result.facts[0]->header;
  BOOST_CHECK(header.causation_id == input.header.event_id);
  BOOST_CHECK(header.correlation_id == input.header.correlation_id);
  BOOST_TEST(header.type_id == events::RequestRouted::type_id);
}

BOOST_AUTO_TEST_CASE(own_facts_never_come_back_as_inputs) {
  auto host = host_of("traffic");
  const auto fact = *host.step(request_of(1, 0), &views).facts[0];

  BOOST_TEST(host.emitted(fact));
  BOOST_TEST(!host.concerns(fact));
  BOOST_TEST(host.step(fact, &views).facts.empty());
  events::Event nobodys;
  nobodys.payload = events::SourceFinished{};
  BOOST_TEST(!host.concerns(nobodys));
}

BOOST_AUTO_TEST_CASE(rows_come_in_the_order_of_ids_and_only_once) {
  auto host = host_of("traffic");
  for (std::uint8_t user = 1; user <= 12; ++user)
    host.step(request_of(user, user), &views);
  host.step(request_of(1, 13), &views);

  const auto rows = host.drain();

  BOOST_TEST(rows.size() == 12u);
  BOOST_CHECK(std::is_sorted(rows.begin(), rows.end(),
                             [](const auto& a, const auto& b) { return a.agent < b.agent; }));
  host.step(request_of(5, 14), &views);
  BOOST_TEST(host.drain().size() == 1u);
}

BOOST_AUTO_TEST_CASE(restored_agents_go_on_as_if_nothing_had_happened) {
  auto whole = host_of("traffic");
  whole.step(request_of(1, 0), &views);
  whole.step(request_of(2, 1), &views);
  auto restored = host_of("traffic");
  for (const auto& row : whole.drain())
    test::must(restored.restore(test::must(decode_row(encode_row(row)))));
  BOOST_TEST(whole.drain().empty());

  const auto live = whole.step(request_of(1, 2), &views);
  const auto again = restored.step(request_of(1, 2), &views);

  BOOST_CHECK(live.facts[0]->header.event_id == again.facts[0]->header.event_id);
  BOOST_CHECK(live.facts[0]->payload == again.facts[0]->payload);
  BOOST_CHECK(whole.state_hashes() == restored.state_hashes());
}

BOOST_AUTO_TEST_CASE(applying_recorded_facts_gives_the_state_that_deciding_gave) {
  auto live = host_of("traffic");
  auto folded = host_of("traffic");
  const auto input = request_of(1, 0);

  const auto result = live.step(input, &views);
  const events::Event* fact = result.facts[0].get();
  test::must(folded.apply(input, {&fact, 1}));

  BOOST_CHECK(live.state_hashes() == folded.state_hashes());
}

BOOST_AUTO_TEST_CASE(fact_out_of_sequence_cannot_be_applied) {
  auto host = host_of("traffic");
  const auto input = request_of(1, 0);
  auto fact = *host_of("traffic").step(input, &views).facts[0];
  fact.header.agg_seq = Sequence(5);
  const events::Event* facts = &fact;

  test::refused(host.apply(input, {&facts, 1}), Errc::corrupt);
}

BOOST_AUTO_TEST_CASE(failed_check_ends_the_step_and_not_the_process) {
  auto host = host_of("traffic");
  toys::mood.failing_ordinal = 4;
  toys::mood.failures_left = 1;

  const auto result = host.step(request_of(1, 4), &views);

  BOOST_TEST(result.failed);
  BOOST_TEST(result.failure.find("told to fail") != std::string::npos);
  BOOST_TEST(result.facts.empty());
}

BOOST_AUTO_TEST_CASE(deciding_again_changes_nothing) {
  auto host = host_of("traffic");
  host.step(request_of(1, 0), &views);
  const auto before = host.state_hashes();

  const auto decided = host.decide(request_of(1, 2), &views);

  BOOST_REQUIRE(decided.has_value());
  BOOST_TEST(decided.value().facts.size() == 1u);
  BOOST_CHECK(host.state_hashes() == before);
}

BOOST_AUTO_TEST_CASE(row_written_before_it_knew_its_batch_still_opens) {
  auto host = host_of("traffic");
  host.step(request_of(1, 0), &views);
  const auto row = host.drain().front();

  const auto opened = test::must(decode_row(encode_row(row)));

  BOOST_TEST(opened.batch.value() == 0u);
  BOOST_TEST(opened.name == row.name);
  BOOST_CHECK(opened.state == row.state);
}

BOOST_AUTO_TEST_CASE(damaged_row_is_corrupt) {
  auto host = host_of("traffic");
  host.step(request_of(1, 0), &views);
  auto bytes = encode_row(host.drain().front());
  bytes.resize(bytes.size() / 2);

  test::refused(decode_row(bytes), Errc::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
