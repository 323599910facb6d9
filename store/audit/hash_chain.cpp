#include "events/base/narrow.hpp"
#include "store/event_log.hpp"

#include <algorithm>
#include <array>

namespace ars::store {
namespace {

// One hasher a thread: setting a digest up costs as much as hashing a short record.
Sha256& hasher() {
  thread_local Sha256 instance;
  return instance;
}

bool counts_in_log_head(Topic topic) {
  return topic == Topic::evt || topic == Topic::cmd || topic == Topic::fb || topic == Topic::ctl;
}

}  // namespace

Bytes32 chain_genesis(const ClusterId& cluster, const Stream& stream) {
  return hasher()
      .update("ars-chain-v1")
      .update(cluster.value())
      .update_u8(stream.generation)
      .update_u8(to_underlying(stream.topic))
      .update_u16(stream.partition)
      .digest();
}

Bytes32 chain_next(const Bytes32& previous, Offset offset, const Bytes32& event_hash) {
  // One update over a buffer on the stack: this runs once a record, for every record ever read.
  std::array<std::uint8_t, 73> bytes{0x02};
  std::copy(previous.begin(), previous.end(), bytes.begin() + 1);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[33 + i] = narrow<std::uint8_t>((offset.value() >> (56 - 8 * i)) & 255u);
  }
  std::copy(event_hash.begin(), event_hash.end(), bytes.begin() + 41);
  return hasher().update(bytes).digest();
}

Bytes32 log_head(const std::vector<Head>& heads) {
  auto ordered = heads;
  std::erase_if(ordered, [](const Head& head) { return !counts_in_log_head(head.stream.topic); });
  std::sort(ordered.begin(), ordered.end(),
            [](const Head& a, const Head& b) { return a.stream < b.stream; });
  Sha256 sum;
  for (const auto& head : ordered) {
    sum.update_u8(head.stream.generation)
        .update_u8(to_underlying(head.stream.topic))
        .update_u16(head.stream.partition)
        .update_u64(head.next.value())
        .update(head.chain);
  }
  return sum.digest();
}

}  // namespace ars::store
