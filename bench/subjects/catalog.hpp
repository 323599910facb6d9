// Every figure of `ars bench` on one page. To add one: a function in a file beside this one,
// declared and listed here with what it is compared with and what is asked of it. Constant data;
// any thread.
#pragma once

#include "bench/harness.hpp"

#include <array>

namespace ars::bench {

class Workshop;

// Errc::unsupported: it cannot be measured here, and the context says why.
Result<Row> measure_append(Workshop& workshop);
Result<Row> measure_fold(Workshop& workshop);
Result<Row> measure_kafka_publish(Workshop& workshop);
Result<Row> measure_kafka_consume(Workshop& workshop);
Result<Row> measure_actor_hop(Workshop& workshop);
Result<Row> measure_request_100(Workshop& workshop);
Result<Row> measure_request_500(Workshop& workshop);
Result<Row> measure_request_2000(Workshop& workshop);
Result<Row> measure_rss_demo(Workshop& workshop);

// One line; its texts have static storage. The row's name is stable.
struct Subject {
  std::string_view name;
  std::string_view group;
  std::string_view says;
  std::string_view unit;
  std::string_view anchor;  // empty: none
  Better better = Better::more;
  Target target{};
  Result<Row> (*measure)(Workshop&);
};

inline constexpr std::array subjects{
    Subject{"append",
            "log",
            "synced commits of a served log against the same keys in raw RocksDB",
            "events/s",
            "raw RocksDB, the same rows in prepared batches",
            Better::more,
            {Judged::ratio_at_least, 0.8},
            &measure_append},
    Subject{"fold",
            "log",
            "rebuilding every state of that log against reading and hashing it",
            "events/s",
            "a scan that verifies the same hashes",
            Better::more,
            {Judged::ratio_at_least, 0.4},
            &measure_fold},
    Subject{"publish",
            "kafka",
            "appends through our backend against plain librdkafka",
            "events/s",
            "plain librdkafka, the same batches",
            Better::more,
            {Judged::ratio_at_least, 0.8},
            &measure_kafka_publish},
    Subject{"consume",
            "kafka",
            "fetches through our backend against plain librdkafka",
            "events/s",
            "plain librdkafka, the same records",
            Better::more,
            {Judged::ratio_at_least, 0.8},
            &measure_kafka_consume},
    Subject{"actor_hop",
            "actors",
            "an event to an agent's shell and back against two plain actors",
            "round trips/s",
            "plain CAF, a shared pointer to and fro",
            Better::more,
            {},
            &measure_actor_hop},
    Subject{"request_p99_100",
            "request",
            "open-loop requests with 100 candidates each",
            "ms",
            "",
            Better::less,
            {},
            &measure_request_100},
    Subject{"request_p99_500",
            "request",
            "open-loop requests with 500 candidates each",
            "ms",
            "",
            Better::less,
            {Judged::value_at_most, 20},
            &measure_request_500},
    Subject{"request_p99_2000",
            "request",
            "open-loop requests with 2,000 candidates each",
            "ms",
            "",
            Better::less,
            {},
            &measure_request_2000},
    Subject{"rss_demo",
            "demo",
            "resident memory of the demo's processes over its first minute",
            "MiB",
            "",
            Better::less,
            {Judged::value_at_most, 1536},
            &measure_rss_demo},
};

}  // namespace ars::bench
