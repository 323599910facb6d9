#include "runtime/kafka/kafka_consumer.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "runtime/kafka/topics.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>

namespace ars::runtime {
namespace {

struct MessageDestroy {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, MessageDestroy>;

struct ListDestroy {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDestroy>;

std::chrono::milliseconds until(std::chrono::steady_clock::time_point end) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

KafkaProperties consumer_properties() {
  return {
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},  // we always say where: a surprise is a loss
      {"enable.partition.eof", "true"},
      {"check.crcs", "true"},
      {"isolation.level", "read_committed"},
      {"allow.auto.create.topics", "false"},
      {"fetch.wait.max.ms", "20"},
      {"fetch.error.backoff.ms", "100"},
      // A full queue pauses fetching for a tenth of a second: 2,000 messages would mean 20,000/s.
      {"queued.min.messages", std::to_string(limits::kafka_prefetch_messages)},
      {"queued.max.messages.kbytes", std::to_string(limits::kafka_prefetch_bytes_max / 1024)}};
}

// One question to the broker; the deadline of the caller may hold several.
constexpr std::chrono::milliseconds ask_wait{500};
// How long to wait for what is known to be there.
constexpr std::chrono::milliseconds more_wait{1000};

std::string name_of(const store::Stream& stream) {
  return fmt::format("{}/{}", store::to_string(stream.topic), stream.partition);
}

}  // namespace

// One partition that is being fetched.
struct KafkaConsumer::Reader {
  store::Stream stream;
  rd_kafka_topic_t* topic = nullptr;
  std::int32_t partition = 0;
  std::optional<Offset> next;  // empty: stopped
  std::optional<Offset> tail;  // where the log ended when the broker last said so

  Reader(rd_kafka_t* client, const KafkaSettings& settings, const store::Stream& of)
      : stream(of), partition(of.partition) {
    const auto name = topic_name(settings.name_space, of.generation, of.topic);
    topic = rd_kafka_topic_new(client, name.c_str(), nullptr);
  }
  ~Reader() {
    stop();
    if (topic != nullptr) rd_kafka_topic_destroy(topic);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void stop() {
    if (next.has_value()) rd_kafka_consume_stop(topic, partition);
    next.reset();
    tail.reset();
  }
};

KafkaConsumer::KafkaConsumer(KafkaSettings settings, const KafkaStop& stop)
    : settings_(std::move(settings)), stop_(stop) {}
KafkaConsumer::~KafkaConsumer() = default;

Result<KafkaClient*> KafkaConsumer::client() {
  if (client_ == nullptr) {
    ARS_TRY(client_, KafkaClient::open(KafkaRole::consumer, settings_, consumer_properties()));
  }
  return client_.get();
}

Result<KafkaConsumer::Reader*> KafkaConsumer::reader_at(const store::Stream& stream, Offset from) {
  ARS_TRY(auto* const handle, client());
  auto& reader = readers_[stream];
  if (reader == nullptr) {
    reader = std::make_unique<Reader>(handle->get(), settings_, stream);
  }
  if (reader->topic == nullptr) {
    readers_.erase(stream);
    return outcome::failure(kafka_error(rd_kafka_last_error(), "fetch from " + name_of(stream)));
  }
  if (reader->next == from) return reader.get();
  reader->stop();
  const auto offset = narrow<std::int64_t>(from.value());
  if (rd_kafka_consume_start(reader->topic, reader->partition, offset) != 0) {
    return outcome::failure(kafka_error(rd_kafka_last_error(), "fetch from " + name_of(stream)));
  }
  reader->next = from;
  return reader.get();
}

Result<std::vector<store::FetchedRecord>> KafkaConsumer::fetch(const store::Stream& stream,
                                                               Offset from, std::size_t max_records,
                                                               std::chrono::milliseconds max_wait) {
  ARS_TRY(auto* const reader, reader_at(stream, from));
  std::vector<store::FetchedRecord> out;
  ARS_TRY(read_until(*reader, std::chrono::steady_clock::now() + max_wait, max_records, out));
  if (!out.empty()) return out;
  ARS_TRY(const bool at_tail, is_at_tail(*reader));
  if (at_tail) return out;
  // There is more and it has not come yet; an empty answer would be taken for the tail.
  ARS_TRY(read_until(*reader, std::chrono::steady_clock::now() + more_wait, max_records, out));
  if (out.empty()) {
    return fail(Errc::unavailable,
                fmt::format("kafka: {} has records from offset {}, and none came", name_of(stream),
                            from.value()));
  }
  return out;
}

Result<void> KafkaConsumer::read_until(Reader& reader, std::chrono::steady_clock::time_point end,
                                       std::size_t max_records,
                                       std::vector<store::FetchedRecord>& out) {
  while (out.size() < max_records) {
    if (stop_.load()) return fail(Errc::stopping, "kafka: the backend stops");
    // Slices, so that callbacks run during a long wait too.
    const auto slice = std::min(until(end), std::chrono::milliseconds(100));
    auto read = read_one(reader, out.empty() ? slice : std::chrono::milliseconds(0), out);
    if (read.has_error()) {
      reader.stop();  // the next call starts at its offset again and meets the error if it stays
      if (out.empty()) return outcome::failure(std::move(read).assume_error());
      return success();
    }
    if (!read.assume_value() && (!out.empty() || until(end).count() == 0)) return success();
  }
  return success();
}

// False: nothing came in time. True: a message was taken, which may have been none of ours.
Result<bool> KafkaConsumer::read_one(Reader& reader, std::chrono::milliseconds wait,
                                     std::vector<store::FetchedRecord>& out) {
  if (out.empty()) client_->poll(std::chrono::milliseconds(0));
  const Message message(
      rd_kafka_consume(reader.topic, reader.partition, narrow<int>(wait.count())));
  if (message == nullptr) return false;
  if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    return outcome::failure(outside(reader.stream, reader.next.value()));
  }
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    reader.tail = Offset(narrow<std::uint64_t>(message->offset));
    return true;
  }
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return outcome::failure(kafka_error(message->err, "fetch from " + name_of(reader.stream)));
  }
  const Offset at(narrow<std::uint64_t>(message->offset));
  if (at < *reader.next) return true;
  // Only compaction leaves holes; anywhere else one means that records are gone.
  if (at != *reader.next && policy_of(reader.stream.topic).cleanup != "compact") {
    return fail(Errc::not_found,
                fmt::format("kafka: {} goes on at offset {} after {}", name_of(reader.stream),
                            at.value(), reader.next->value()));
  }
  const auto* bytes = static_cast<const std::uint8_t*>(message->payload);
  out.push_back({at, {bytes, bytes + message->len}});
  reader.next = at.next();
  return true;
}

// Whether nothing came because there is nothing. Fails where no broker answers, or no such topic
// is.
Result<bool> KafkaConsumer::is_at_tail(const Reader& reader) {
  client_->poll(std::chrono::milliseconds(0));
  if (reader.tail == reader.next && !client_->signals().brokers_down) return true;
  ARS_TRY(const auto known, watermarks(reader.stream, more_wait));
  client_->forget_brokers_down();
  return known.next <= *reader.next;
}

Error KafkaConsumer::outside(const store::Stream& stream, Offset from) {
  auto error = Error{Errc::not_found, fmt::format("kafka: offset {} of {} is outside the log",
                                                  from.value(), name_of(stream))};
  const auto known = watermarks(stream, std::chrono::milliseconds(1000));
  if (known.has_value()) {
    error.context += fmt::format(", which has {} to {}", known.assume_value().low.value(),
                                 known.assume_value().next.value());
  }
  return error;
}

Result<store::Watermarks> KafkaConsumer::watermarks(const store::Stream& stream,
                                                    std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (true) {
    if (stop_.load()) return fail(Errc::stopping, "kafka: the backend stops");
    const auto left = std::clamp(until(end), std::chrono::milliseconds(1), ask_wait);
    auto low = ask_offset(stream, RD_KAFKA_OFFSET_BEGINNING, left);
    auto next = low.has_value() ? ask_offset(stream, RD_KAFKA_OFFSET_END, left) : low;
    if (next.has_value()) return store::Watermarks{low.assume_value(), next.assume_value()};
    // A leader that just moved says so once, and answers the second time.
    if (next.assume_error().code != Errc::unavailable || until(end).count() == 0) {
      return outcome::failure(std::move(next).assume_error());
    }
    client_->poll(std::chrono::milliseconds(20));
  }
}

// The offset at one end. Through offsets_for_times: rd_kafka_query_watermark_offsets of 2.0.2 does
// not return before a broker answers, whatever its timeout.
Result<Offset> KafkaConsumer::ask_offset(const store::Stream& stream, std::int64_t end,
                                         std::chrono::milliseconds deadline) {
  ARS_TRY(auto* const handle, client());
  const auto topic = topic_name(settings_.name_space, stream.generation, stream.topic);
  const List list(rd_kafka_topic_partition_list_new(1));
  auto* const asked =
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), stream.partition);
  asked->offset = end;
  auto code = rd_kafka_offsets_for_times(handle->get(), list.get(), narrow<int>(deadline.count()));
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = asked->err;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR && asked->offset < 0) code = RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return Offset(narrow<std::uint64_t>(asked->offset));
  handle->poll(std::chrono::milliseconds(0));
  auto error = kafka_error(code, "watermarks of " + name_of(stream));
  error.context += handle->last_heard();
  return outcome::failure(std::move(error));
}

}  // namespace ars::runtime
