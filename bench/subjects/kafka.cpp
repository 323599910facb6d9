#include "bench/anchors/raw_kafka.hpp"
#include "bench/stopwatch.hpp"
#include "bench/subjects/catalog.hpp"
#include "bench/workshop.hpp"
#include "events/base/narrow.hpp"
#include "runtime/entropy.hpp"
#ifdef ARS_HAS_RUNTIME_KAFKA
#include "events/codec/cloud_events.hpp"
#include "runtime/kafka/kafka_backend.hpp"
#include "runtime/kafka/topics.hpp"
#endif

#include <fmt/format.h>

#include <algorithm>

namespace ars::bench {

#ifdef ARS_HAS_RUNTIME_KAFKA
namespace {

constexpr std::size_t rounds = 5;
constexpr std::size_t records_a_batch = 500;
constexpr std::size_t records_max = 30'000;
constexpr std::size_t agent_id_at = 24;  // the record's key (docs/log_format.md)
constexpr std::chrono::milliseconds patience{30'000};
const store::Stream stream{store::Topic::evt, 0};

// The records of a served log, as our backend takes them and as the library alone does.
struct Material {
  std::vector<std::vector<std::uint8_t>> ours;
  std::vector<RawRecord> plain;
  std::uint64_t bytes = 0;
};

Result<Material> material_of(const ServedLog& served) {
  Material out;
  events::CloudEventHeaders headers(served.cluster);
  for (const auto& batch : served.batches) {
    for (const auto& append : batch.appends) {
      if (append.stream != stream || out.ours.size() == records_max) continue;
      RawRecord record;
      record.key = as_text(ByteSpan(append.stored).subspan(agent_id_at, sizeof(Bytes16)));
      record.value = as_text(append.stored);
      ARS_TRY(const auto all, headers.of(append.stored));
      for (const auto& each : all)
        record.headers.emplace_back(each.name, each.value);
      out.plain.push_back(std::move(record));
      out.ours.push_back(append.stored);
      out.bytes += append.stored.size();
    }
  }
  return out;
}

// Topics of our own on a broker, gone at the end.
class Ground {
 public:
  static Result<std::unique_ptr<Ground>> open(Workshop& workshop) {
    ARS_TRY(auto brokers, workshop.brokers());
    std::array<std::uint8_t, 4> name{};
    runtime::SystemEntropy entropy;
    ARS_TRY(entropy.fill(name));
    std::unique_ptr<Ground> out(new Ground());
    out->settings_.brokers = {std::move(brokers)};
    out->settings_.name_space = "bench-" + to_hex(name);
    ARS_TRY(const auto* served, workshop.served());
    ARS_TRY(out->backend_, runtime::KafkaBackend::open(out->settings_, served->cluster));
    ARS_TRY(out->backend_->prepare(1, patience));
    ARS_TRY(out->material_, material_of(*served));
    return out;
  }
  ~Ground() {
    if (backend_ != nullptr) backend_->stop();
    std::vector<std::string> names;
    for (const auto& policy : runtime::topic_policies()) {
      names.push_back(runtime::topic_name(settings_.name_space, 1, policy.topic));
    }
    [[maybe_unused]] const auto gone = delete_topics(settings_.brokers.front(), names);
  }
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;

  runtime::KafkaBackend& backend() { return *backend_; }
  const Material& material() const { return material_; }
  RawTopic topic() const {
    return {settings_.brokers.front(),
            runtime::topic_name(settings_.name_space, stream.generation, stream.topic),
            stream.partition, settings_.compression, settings_.linger.ns() / 1'000'000};
  }

 private:
  Ground() = default;
  runtime::KafkaSettings settings_;
  std::unique_ptr<runtime::KafkaBackend> backend_;
  Material material_;
};

// Batch after batch until the time is used up; the records come round again.
template <class Publish>
Result<double> publish_for(double seconds, std::size_t records, const Publish& publish) {
  std::uint64_t done = 0;
  const Stopwatch watch;
  for (std::size_t from = 0; watch.seconds() < seconds;) {
    const auto count = std::min(records_a_batch, records - from);
    ARS_TRY(publish(from, count));
    done += count;
    from = (from + count) % records;
  }
  return to_double(done) / watch.seconds();
}

Result<void> append(Ground& ground, std::size_t from, std::size_t count) {
  const std::span all(ground.material().ours);
  ARS_TRY([[maybe_unused]] const auto first,
          ground.backend().append(stream, all.subspan(from, count), patience));
  return success();
}

Result<void> fetch_all(Ground& ground, std::uint64_t records) {
  std::uint64_t next = 0;
  while (next < records) {
    ARS_TRY(const auto came, ground.backend().fetch(stream, Offset(next), records_a_batch,
                                                    std::chrono::milliseconds(1000)));
    if (came.empty()) return fail(Errc::unavailable, "kafka: the records do not come");
    next = came.back().offset.value() + 1;
  }
  return success();
}

// Whole passes over so many records until the time is used up.
template <class Pass>
Result<double> passes(double seconds, std::uint64_t records, const Pass& pass) {
  std::uint64_t done = 0;
  const Stopwatch watch;
  do {
    ARS_TRY(pass());
    done += records;
  } while (watch.seconds() < seconds);
  return to_double(done) / watch.seconds();
}

Result<Row> row_of(Workshop& workshop, const Ground& ground, const std::vector<double>& taken) {
  ARS_TRY(const auto* served, workshop.served());
  const auto& material = ground.material();
  const auto megabytes = to_double(material.bytes) * 1e-6 / to_double(material.ours.size());
  Row row;
  row.ours = taken[0];
  row.anchor_value = taken[1];
  row.mix = served->mix;
  row.figures = {{"event bytes", taken[0] * megabytes, "MB/s"},
                 {"event bytes of the anchor", taken[1] * megabytes, "MB/s"},
                 {"records at once", to_double(records_a_batch), ""}};
  return row;
}

}  // namespace

Result<Row> measure_kafka_publish(Workshop& workshop) {
  ARS_TRY(auto ground, Ground::open(workshop));
  ARS_TRY(auto producer, RawProducer::open(ground->topic()));
  const auto& material = ground->material();
  const auto seconds = workshop.setting().seconds;
  const auto records = material.ours.size();
  const std::span plain(material.plain);
  const auto ours = [&](std::size_t from, std::size_t count) {
    return append(*ground, from, count);
  };
  const auto anchor = [&](std::size_t from, std::size_t count) {
    return producer->publish(plain.subspan(from, count));
  };
  // Connections and leaders are found before anything is timed.
  ARS_TRY(ours(0, 1));
  ARS_TRY(anchor(0, 1));
  ARS_TRY(const auto taken, interleave(workshop.setting(), rounds,
                                       {[&] { return publish_for(seconds, records, ours); },
                                        [&] { return publish_for(seconds, records, anchor); }}));
  ARS_TRY(auto row, row_of(workshop, *ground, taken));
  row.limited_by = fmt::format(
      "the broker: it syncs each batch of {} records ({:.0f} disk syncs a second here), and shares "
      "the cores with both producers; ours also makes the CloudEvents headers, the anchor's are "
      "prepared",
      records_a_batch, workshop.machine().disk_syncs_per_second);
  return row;
}

Result<Row> measure_kafka_consume(Workshop& workshop) {
  ARS_TRY(auto ground, Ground::open(workshop));
  const auto records = ground->material().ours.size();
  for (std::size_t from = 0; from < records; from += records_a_batch) {
    ARS_TRY(append(*ground, from, std::min(records_a_batch, records - from)));
  }
  ARS_TRY(auto consumer, RawConsumer::open(ground->topic()));
  const auto seconds = workshop.setting().seconds;
  const auto ours = [&] { return fetch_all(*ground, records); };
  const auto anchor = [&]() -> Result<void> {
    ARS_TRY(const auto bytes, consumer->consume(records));
    if (bytes != ground->material().bytes) return fail(Errc::corrupt, "other bytes came back");
    return success();
  };
  ARS_TRY(ours());
  ARS_TRY(anchor());
  ARS_TRY(const auto taken, interleave(workshop.setting(), rounds,
                                       {[&] { return passes(seconds, records, ours); },
                                        [&] { return passes(seconds, records, anchor); }}));
  ARS_TRY(auto row, row_of(workshop, *ground, taken));
  row.limited_by =
      "the broker's answers and librdkafka's decompression, whose threads share the cores with the "
      "reader; ours copies each record out of librdkafka's buffer, the anchor does not";
  return row;
}
#else
Result<Row> measure_kafka_publish(Workshop&) {
  return fail(Errc::unsupported, "built without Kafka");
}
Result<Row> measure_kafka_consume(Workshop&) {
  return fail(Errc::unsupported, "built without Kafka");
}
#endif

}  // namespace ars::bench
