#include "store/rocksdb/block_log.hpp"

#include "events/base/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ars::store {
namespace {

constexpr std::size_t block_bytes = 32768;
constexpr std::size_t header_bytes = 7;

enum Fragment : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

std::uint32_t u32_at(std::string_view file, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, file.data() + at, sizeof(value));
  return value;
}
std::uint8_t byte_at(std::string_view file, std::size_t at) {
  return as_bytes(file.substr(at, 1)).front();
}
std::size_t length_at(std::string_view file, std::size_t at) {
  return std::size_t{byte_at(file, at + 4)} | std::size_t{byte_at(file, at + 5)} << 8;
}

bool all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

// Whether a whole fragment with the right checksum starts here.
bool is_fragment(std::string_view file, std::size_t at) {
  const auto left = std::min(block_bytes - at % block_bytes, file.size() - at);
  if (left < header_bytes) return false;
  const auto length = length_at(file, at);
  const auto type = byte_at(file, at + 6);
  if (header_bytes + length > left || type < full || type > last) return false;
  return masked(crc32c(as_bytes(file.substr(at + 6, 1 + length)))) == u32_at(file, at);
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  BlockLog read() {
    while (at_ < file_.size() && step()) {
    }
    if (in_record_ && partial_intact_) out_.end = BlockLogEnd::torn;
    flush_partial();
    return std::move(out_);
  }

 private:
  // One fragment, padding or damage; false at the end.
  bool step() {
    const auto block_left = block_bytes - at_ % block_bytes;
    const auto left = std::min(block_left, file_.size() - at_);
    if (block_left < header_bytes) {
      if (!all_zero(file_.substr(at_, left))) note("the padding of a block is not zero");
      at_ += left;
      return true;
    }
    if (is_fragment(file_, at_)) {
      take(byte_at(file_, at_ + 6), file_.substr(at_ + header_bytes, length_at(file_, at_)));
      at_ += header_bytes + length_at(file_, at_);
      return true;
    }
    const auto next = next_fragment();
    if (!next.has_value() && is_torn(left)) return tear();
    damaged(next.value_or(file_.size()));
    return true;
  }

  // The next whole fragment after something that is none. A flip leaves the length alone as a rule,
  // so the place it names is tried first.
  std::optional<std::size_t> next_fragment() const {
    if (file_.size() - at_ >= header_bytes) {
      const auto named = at_ + header_bytes + length_at(file_, at_);
      if (named < file_.size() && is_fragment(file_, named)) return named;
    }
    for (auto at = at_ + 1; at < file_.size(); ++at) {
      if (is_fragment(file_, at)) return at;
    }
    return std::nullopt;
  }

  // A crash leaves a record that the file is too short for, or zeros.
  bool is_torn(std::size_t left) const {
    if (all_zero(file_.substr(at_))) return true;
    if (left < header_bytes) return true;
    const bool last_block = at_ + left == file_.size();
    return last_block && header_bytes + length_at(file_, at_) > left;
  }
  bool tear() {
    out_.end = BlockLogEnd::torn;
    if (file_.size() - at_ > header_bytes) {
      partial_ += file_.substr(at_ + header_bytes);
      in_record_ = true;
    }
    partial_intact_ = false;
    at_ = file_.size();
    return false;
  }

  void damaged(std::size_t next) {
    note("a record fails its checksum");
    const auto body = std::min(at_ + header_bytes, next);
    partial_ += file_.substr(body, next - body);
    in_record_ = true;
    partial_intact_ = false;
    at_ = next;
  }

  void take(std::uint8_t type, std::string_view payload) {
    if (type == full || type == first) {
      if (in_record_ && partial_intact_) {
        note("a record has no end");
        partial_intact_ = false;
      }
      flush_partial();
    }
    const bool continues = type == middle || type == last;
    if (continues && !in_record_) {
      note("a record begins in its middle");
      partial_intact_ = false;
    }
    in_record_ = true;
    partial_ += payload;
    if (type == full || type == last) {
      closed_ = true;
      flush_partial();
    }
  }

  void flush_partial() {
    if (in_record_) {
      out_.records.push_back({std::move(partial_), partial_intact_ && closed_});
    }
    partial_.clear();
    in_record_ = false;
    closed_ = false;
    partial_intact_ = true;
  }

  void note(std::string_view what) {
    out_.damage.push_back(fmt::format("{} at byte {}", what, at_));
  }

  std::string_view file_;
  std::size_t at_ = 0;
  std::string partial_;
  bool in_record_ = false;
  bool partial_intact_ = true;
  bool closed_ = false;
  BlockLog out_;
};

template <class T>
std::optional<T> take_varint(std::string_view& from) {
  T value = 0;
  for (std::uint32_t shift = 0; shift < sizeof(T) * 8; shift += 7) {
    if (from.empty()) return std::nullopt;
    const T byte = byte_at(from, 0);
    from.remove_prefix(1);
    value |= (byte & 127u) << shift;
    if (byte < 128) return value;
  }
  return std::nullopt;
}

// Tags of RocksDB's write batch; those with a family number in front are marked.
struct Tag {
  std::uint8_t tag;
  BatchOperationView::Kind kind;
  bool has_family;
  bool has_value;
};
constexpr std::array<Tag, 8> tags{{{0x0, BatchOperationView::Kind::remove, false, false},
                                   {0x1, BatchOperationView::Kind::put, false, true},
                                   {0x4, BatchOperationView::Kind::remove, true, false},
                                   {0x5, BatchOperationView::Kind::put, true, true},
                                   {0x7, BatchOperationView::Kind::remove, false, false},
                                   {0x8, BatchOperationView::Kind::remove, true, false},
                                   {0xe, BatchOperationView::Kind::remove_range, true, true},
                                   {0xf, BatchOperationView::Kind::remove_range, false, true}}};
constexpr std::uint8_t tag_noop = 0xd;

}  // namespace

bool BlockLog::has_damaged_record() const {
  return std::any_of(records.begin(), records.end(), [](const auto& r) { return !r.intact; });
}

BlockLog read_block_log(std::string_view file) { return Reader(file).read(); }

std::optional<std::uint32_t> take_varint32(std::string_view& from) {
  return take_varint<std::uint32_t>(from);
}
std::optional<std::uint64_t> take_varint64(std::string_view& from) {
  return take_varint<std::uint64_t>(from);
}
std::optional<std::string_view> take_counted(std::string_view& from) {
  const auto size = take_varint32(from);
  if (!size || *size > from.size()) return std::nullopt;
  const auto out = from.substr(0, *size);
  from.remove_prefix(*size);
  return out;
}

BatchOperations operations_of(std::string_view payload) {
  BatchOperations out;
  constexpr std::size_t batch_header_bytes = 12;  // u64 sequence, u32 count
  if (payload.size() < batch_header_bytes) return out;
  const auto count = u32_at(payload, 8);
  payload.remove_prefix(batch_header_bytes);
  while (!payload.empty()) {
    const auto byte = byte_at(payload, 0);
    payload.remove_prefix(1);
    if (byte == tag_noop) continue;
    const auto tag =
        std::find_if(tags.begin(), tags.end(), [&](const Tag& known) { return known.tag == byte; });
    if (tag == tags.end()) return out;
    BatchOperationView operation;
    operation.kind = tag->kind;
    const auto number = tag->has_family ? take_varint32(payload) : std::optional<std::uint32_t>(0);
    const auto key = take_counted(payload);
    const auto value = tag->has_value ? take_counted(payload) : std::optional<std::string_view>("");
    if (!number || !key || !value) return out;
    operation.family = *number;
    operation.key = *key;
    operation.value = *value;
    out.operations.push_back(operation);
  }
  out.whole = out.operations.size() == count;
  return out;
}

}  // namespace ars::store
