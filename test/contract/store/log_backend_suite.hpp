// What every LogBackend promises, as claims; embedded, kafka and sim run all of them. The factory
// gives a prepared backend with at least two partitions and nothing in them, or an empty pointer
// where its broker is missing: the caller then prints SKIP.
#pragma once

#include "store/log_backend.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>

namespace ars::test {

inline constexpr std::chrono::milliseconds backend_deadline{20'000};
inline constexpr std::chrono::milliseconds backend_poll{200};

struct BackendUnderTest {
  store::LogBackendPtr backend;
  std::shared_ptr<void> world;  // whatever must live as long: a log, a namespace
};
using BackendFactory = std::function<BackendUnderTest()>;

class LogBackendSuite {
 public:
  explicit LogBackendSuite(BackendFactory factory) : factory_(std::move(factory)) {}

  void records_come_back_byte_for_byte_in_order();
  void offsets_are_dense_and_start_at_zero();
  void streams_do_not_mix();
  void tail_is_empty_after_the_wait();
  void fetch_resumes_in_the_middle();
  void offset_beyond_the_log_is_not_found();
  void watermarks_follow_the_appends();
  void prepare_can_be_repeated();

  void run_all() {
    records_come_back_byte_for_byte_in_order();
    offsets_are_dense_and_start_at_zero();
    streams_do_not_mix();
    tail_is_empty_after_the_wait();
    fetch_resumes_in_the_middle();
    offset_beyond_the_log_is_not_found();
    watermarks_follow_the_appends();
    prepare_can_be_repeated();
  }

 private:
  BackendFactory factory_;
};

inline const store::Stream backend_evt0{store::Topic::evt, 0};
inline const store::Stream backend_evt1{store::Topic::evt, 1};
inline const store::Stream backend_cmd0{store::Topic::cmd, 0};

inline std::vector<std::vector<std::uint8_t>> some_inputs(EventMaker& make, std::size_t count) {
  std::vector<std::vector<std::uint8_t>> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(make.input("input " + std::to_string(make.clock_ns()), 100 + i)->stored);
  }
  return out;
}

// Fetches until `count` records came or a poll was empty; drops repeats, which a backend may send.
inline std::vector<store::FetchedRecord> fetch_all(store::LogBackend& backend,
                                                   const store::Stream& stream, Offset from,
                                                   std::size_t count) {
  std::vector<store::FetchedRecord> out;
  for (int polls = 0; out.size() < count && polls < 100; ++polls) {
    for (auto& record : must(backend.fetch(stream, from, count - out.size(), backend_poll))) {
      if (record.offset < from) continue;
      BOOST_REQUIRE_EQUAL(record.offset.value(), from.value());
      from = from.next();
      out.push_back(std::move(record));
    }
  }
  return out;
}

inline void LogBackendSuite::records_come_back_byte_for_byte_in_order() {
  auto under = factory_();
  EventMaker make;
  const auto records = some_inputs(make, 50);
  must(under.backend->append(backend_cmd0, records, backend_deadline));

  const auto fetched = fetch_all(*under.backend, backend_cmd0, Offset(0), records.size());

  BOOST_REQUIRE_EQUAL(fetched.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    BOOST_TEST((fetched[i].stored == records[i]), "record " << i << " differs");
  }
}

inline void LogBackendSuite::offsets_are_dense_and_start_at_zero() {
  auto under = factory_();
  EventMaker make;

  const auto first =
      must(under.backend->append(backend_evt0, some_inputs(make, 3), backend_deadline));
  const auto second =
      must(under.backend->append(backend_evt0, some_inputs(make, 2), backend_deadline));

  BOOST_TEST(first.value() == 0u);
  BOOST_TEST(second.value() == 3u);
  BOOST_TEST(fetch_all(*under.backend, backend_evt0, Offset(0), 5).size() == 5u);
}

inline void LogBackendSuite::streams_do_not_mix() {
  auto under = factory_();
  EventMaker make;
  const auto here = some_inputs(make, 2);
  const auto there = some_inputs(make, 3);
  must(under.backend->append(backend_evt0, here, backend_deadline));
  must(under.backend->append(backend_evt1, there, backend_deadline));

  const auto fetched = fetch_all(*under.backend, backend_evt1, Offset(0), 3);

  BOOST_REQUIRE_EQUAL(fetched.size(), 3u);
  BOOST_TEST((fetched[0].stored == there[0]));
  BOOST_TEST(fetch_all(*under.backend, backend_evt0, Offset(0), 2).size() == 2u);
}

inline void LogBackendSuite::tail_is_empty_after_the_wait() {
  auto under = factory_();
  EventMaker make;
  must(under.backend->append(backend_evt0, some_inputs(make, 2), backend_deadline));
  fetch_all(*under.backend, backend_evt0, Offset(0), 2);

  const auto more = must(under.backend->fetch(backend_evt0, Offset(2), 10, backend_poll));
  const auto never_used = must(under.backend->fetch(backend_evt1, Offset(0), 10, backend_poll));

  BOOST_TEST(more.empty());
  BOOST_TEST(never_used.empty());
}

inline void LogBackendSuite::fetch_resumes_in_the_middle() {
  auto under = factory_();
  EventMaker make;
  const auto records = some_inputs(make, 10);
  must(under.backend->append(backend_evt0, records, backend_deadline));

  const auto tail = fetch_all(*under.backend, backend_evt0, Offset(6), 4);
  const auto again = fetch_all(*under.backend, backend_evt0, Offset(2), 1);

  BOOST_REQUIRE_EQUAL(tail.size(), 4u);
  BOOST_TEST((tail[0].stored == records[6]));
  BOOST_REQUIRE_EQUAL(again.size(), 1u);
  BOOST_TEST((again[0].stored == records[2]));
}

inline void LogBackendSuite::offset_beyond_the_log_is_not_found() {
  auto under = factory_();
  EventMaker make;
  must(under.backend->append(backend_evt0, some_inputs(make, 2), backend_deadline));

  refused(under.backend->fetch(backend_evt0, Offset(50), 1, backend_poll), Errc::not_found);
}

inline void LogBackendSuite::watermarks_follow_the_appends() {
  auto under = factory_();
  EventMaker make;
  const auto before = must(under.backend->watermarks(backend_evt0, backend_deadline));
  must(under.backend->append(backend_evt0, some_inputs(make, 4), backend_deadline));

  const auto after = must(under.backend->watermarks(backend_evt0, backend_deadline));

  BOOST_TEST(before.next.value() == 0u);
  BOOST_TEST(after.low.value() == 0u);
  BOOST_TEST(after.next.value() == 4u);
}

inline void LogBackendSuite::prepare_can_be_repeated() {
  auto under = factory_();
  EventMaker make;
  must(under.backend->append(backend_evt0, some_inputs(make, 1), backend_deadline));

  must(under.backend->prepare(2, backend_deadline));

  BOOST_TEST(must(under.backend->watermarks(backend_evt0, backend_deadline)).next.value() == 1u);
}

}  // namespace ars::test
