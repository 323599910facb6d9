// Feeds events to a projection and reads its rows back as they would lie on disk. One owner: a
// test.
#pragma once

#include "store/projections/catalog.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace ars::test {

// Facts and inputs with rising log times, applied to one projection; keeps what drain() wrote.
template <class P>
class Fold {
 public:
  Fold& fact(const events::Payload& payload) { return apply(payload, 1); }
  Fold& input(const events::Payload& payload) { return apply(payload, 0); }

  // Rows as written so far, and how many of them the last drain wrote.
  std::size_t drain() {
    auto writes = projection.drain();
    for (auto& write : writes) {
      BOOST_TEST(write.family == "p." + std::string(P::title));
      BOOST_REQUIRE(write.value.has_value());
      stored[write.key] = *write.value;
    }
    return writes.size();
  }
  // What the rows on disk make of a fresh projection is what the live one is.
  void check_reloads() {
    drain();
    P fresh;
    for (const auto& [key, value] : stored)
      must(fresh.load(key, value));
    BOOST_TEST((fresh.content_hash() == projection.content_hash()));
    BOOST_TEST(fresh.drain().empty());
  }
  template <class Row>
  const Row& row(const std::string& key) const {
    const auto* found = projection.template table<Row>().find(key);
    BOOST_REQUIRE(found != nullptr);
    return *found;
  }
  store::Pointer last_at() const { return {{store::Topic::evt, 0}, Offset(offset - 1)}; }

  P projection;
  std::map<std::string, std::vector<std::uint8_t>> stored;
  std::uint64_t offset = 0;
  std::uint64_t clock_ns = 1000;

 private:
  Fold& apply(const events::Payload& payload, std::uint64_t sequence) {
    events::Envelope header;
    header.agg_seq = Sequence(sequence);
    header.log_time_ns = ++clock_ns;
    const auto event = events::seal(header, payload);
    projection.apply(*event, {{store::Topic::evt, 0}, Offset(offset++)});
    return *this;
  }
};

inline const events::Scope home{"default", "home"};
inline UserId user_of(std::uint8_t number) {
  Bytes16 raw{};
  raw[0] = number;
  return UserId(raw);
}

}  // namespace ars::test
