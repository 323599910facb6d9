// The key that signs heads is that of the newest owner, whose claim must be a real one.
#include "store/audit/verify.hpp"

#include "events/event.hpp"
#include "test/contract/store/log_events.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ars;
using namespace ars::store;
using ars::test::cluster_of;

const Stream evt{Topic::evt, 0};
const Stream ctl{Topic::ctl, 0};

Bytes32 key(std::uint8_t number) {
  Bytes32 out{};
  out[0] = number;
  return out;
}

// Records with the chain that belongs to them, given to a verifier.
class Records {
 public:
  void put(const Stream& stream, events::Payload payload, std::uint64_t epoch) {
    events::Envelope header;
    header.log_time_ns = ++time_ns_;
    header.event_id = events::make_ingress_id(time_ns_, "test", std::to_string(time_ns_));
    header.owner_epoch = Epoch(epoch);
    rows_[stream].push_back(events::seal(header, std::move(payload))->stored);
  }
  void claim(std::uint64_t epoch, std::uint8_t number, std::uint64_t at) {
    put(ctl, events::OwnerClaimed{0, "node", key(number), Offset(at)}, epoch);
  }
  void fence(std::uint64_t epoch) { put(evt, events::EpochFence{0, Epoch(epoch)}, epoch); }

  RecordVerifier verified() const {
    RecordVerifier out(cluster_of(), {}, {});
    for (const auto& [stream, records] : rows_) {
      auto chain = chain_genesis(cluster_of(), stream);
      for (std::size_t i = 0; i < records.size(); ++i) {
        chain = chain_next(chain, Offset(i), events::event_hash(records[i]));
        std::vector<std::uint8_t> row(chain.begin(), chain.end());
        row.insert(row.end(), records[i].begin(), records[i].end());
        out.take({stream, Offset(i)}, row);
      }
    }
    out.finish();
    return out;
  }

 private:
  std::map<Stream, std::vector<std::vector<std::uint8_t>>> rows_;
  std::uint64_t time_ns_ = 1'700'000'000'000'000'000;
};

struct Fixture {
  Records records;
  Fixture() {
    events::ClusterCreated created;
    created.head_key = key(1);
    records.put(ctl, created, 1);
    records.claim(1, 1, 0);
    records.fence(1);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store_verify, Fixture)

BOOST_AUTO_TEST_CASE(heads_are_signed_by_the_newest_owner) {
  BOOST_TEST((records.verified().head_key() == key(1)));
  records.claim(2, 7, 1);
  records.fence(2);

  const auto verifier = records.verified();

  BOOST_TEST(verifier.findings().empty());
  BOOST_TEST((verifier.head_key() == key(7)));
}

BOOST_AUTO_TEST_CASE(a_claim_without_its_fence_is_refused) {
  records.claim(2, 7, 1);

  const auto verifier = records.verified();

  BOOST_REQUIRE(verifier.findings().size() == 1u);
  BOOST_TEST(to_string(verifier.findings()[0].at) == "ctl/0/2");
}

BOOST_AUTO_TEST_CASE(an_owner_that_was_gone_before_it_wrote_left_no_fence) {
  records.claim(2, 7, 1);
  records.claim(3, 8, 1);
  records.fence(3);

  const auto verifier = records.verified();

  BOOST_TEST(verifier.findings().empty());
  BOOST_TEST((verifier.head_key() == key(8)));
}

BOOST_AUTO_TEST_CASE(a_claim_whose_fence_lies_elsewhere_is_refused) {
  records.claim(2, 7, 5);
  records.fence(2);

  BOOST_TEST(records.verified().findings().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_claim_that_does_not_raise_the_epoch_is_refused) {
  records.claim(2, 7, 1);
  records.fence(2);
  records.claim(2, 8, 1);

  const auto verifier = records.verified();

  BOOST_TEST(verifier.findings().size() == 1u);
  BOOST_TEST((verifier.head_key() == key(7)));
}

BOOST_AUTO_TEST_SUITE_END()
