#include "store/audit/head_file.hpp"

#include "events/base/narrow.hpp"
#include "store/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <iterator>

namespace ars::store {
namespace {

constexpr std::string_view head_title = "ars-heads v1";
constexpr std::string_view seal_title = "ars-seal v1";
constexpr std::string_view signature_mark = "signature ";
constexpr std::uint32_t tail_magic = 0x4c545241;  // 'ARTL'
constexpr std::size_t tail_entry_bytes = 4 + 8 + 32;

static_assert(std::endian::native == std::endian::little, "tail slots are written as they lie");
static_assert(4 + 8 + 4 + limits::streams_max * tail_entry_bytes + 4 <= tail_slot_bytes);

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto at = text.find(mark);
    out.push_back(text.substr(0, at));
    text.remove_prefix(at == text.npos ? text.size() : at + 1);
  }
  return out;
}

template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
  T out{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return out;
}

std::string signed_text(std::string body, const SigningKey& key) {
  const auto signature = key.sign(body);
  body.append(signature_mark).append(to_hex(ByteSpan(signature))).append("\n");
  return body;
}

// The body in front of the signature line, when the signature holds.
std::optional<std::string_view> body_of(std::string_view text, const Bytes32& public_key) {
  const auto at = text.rfind(signature_mark);
  if (at == text.npos || at == 0 || text[at - 1] != '\n' || !text.ends_with('\n')) {
    return std::nullopt;
  }
  const auto hex =
      text.substr(at + signature_mark.size(), text.size() - at - signature_mark.size() - 1);
  if (hex.size() != 128) return std::nullopt;
  const auto first = bytes32_from_hex(hex.substr(0, 64));
  const auto second = bytes32_from_hex(hex.substr(64));
  if (!first || !second) return std::nullopt;
  Signature signature{};
  std::copy(first->begin(), first->end(), signature.begin());
  std::copy(second->begin(), second->end(), signature.begin() + 32);
  if (to_hex(ByteSpan(signature)) != hex) return std::nullopt;
  if (!signature_holds(public_key, text.substr(0, at), signature)) return std::nullopt;
  return text.substr(0, at);
}

std::optional<Head> head_from_line(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 6 || words[0] != "head") return std::nullopt;
  const auto generation = number<std::uint8_t>(words[1]);
  const auto next = number<std::uint64_t>(words[4]);
  const auto chain = bytes32_from_hex(words[5]);
  const auto at = pointer_from_text(fmt::format("{}/{}/0", words[2], words[3]));
  if (!generation || !next || !chain || !at.has_value()) return std::nullopt;
  auto stream = at.assume_value().stream;
  stream.generation = *generation;
  return Head{stream, Offset(*next), *chain};
}

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}
template <class T>
T take(std::string_view& from) {
  T value{};
  std::memcpy(&value, from.data(), sizeof(T));
  from.remove_prefix(sizeof(T));
  return value;
}

std::optional<TailSlot> slot_of(std::string_view slot) {
  if (slot.size() < 20 || take<std::uint32_t>(slot) != tail_magic) return std::nullopt;
  const auto body = slot;
  TailSlot out;
  out.counter = take<std::uint64_t>(slot);
  const auto count = take<std::uint32_t>(slot);
  if (count > limits::streams_max || slot.size() < count * tail_entry_bytes + 4) return {};
  for (std::uint32_t i = 0; i < count; ++i) {
    Head head;
    const auto topic = take<std::uint8_t>(slot);
    head.stream.topic = static_cast<Topic>(topic);
    head.stream.generation = take<std::uint8_t>(slot);
    head.stream.partition = take<std::uint16_t>(slot);
    head.next = Offset(take<std::uint64_t>(slot));
    head.chain = take<Bytes32>(slot);
    out.heads.push_back(head);
  }
  const auto sum = crc32c(as_bytes(body.substr(0, body.size() - slot.size())));
  if (take<std::uint32_t>(slot) != sum) return std::nullopt;
  return out;
}

std::optional<SealedFile> file_from_line(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 7 || words[0] != "file") return std::nullopt;
  const auto bytes = number<std::uint64_t>(words[2]);
  const auto time = number<std::uint64_t>(words[6]);
  const auto lowest = pointer_from_text(words[5]);
  if (!bytes || !time || !lowest.has_value()) return std::nullopt;
  return SealedFile{std::string(words[1]), *bytes, std::string(words[3]), std::string(words[4]),
                    lowest.assume_value(), *time};
}

}  // namespace

std::string head_file_text(const HeadFile& file, const SigningKey& key) {
  auto body = fmt::format("{}\ncluster {}\nkey {}\n", head_title, to_hex(file.cluster),
                          to_hex(ByteSpan(file.key)));
  for (const auto& head : file.heads) {
    fmt::format_to(std::back_inserter(body), "head {} {} {} {} {}\n", head.stream.generation,
                   to_string(head.stream.topic), head.stream.partition, head.next.value(),
                   to_hex(head.chain));
  }
  return signed_text(std::move(body), key);
}

Result<HeadFile> head_file_from_text(std::string_view text) {
  const auto lines = split(text, '\n');
  HeadFile out;
  if (lines.size() < 4 || lines[0] != head_title || !lines[1].starts_with("cluster ") ||
      !lines[2].starts_with("key ")) {
    return fail(Errc::corrupt, "the head file does not read as one");
  }
  const auto cluster = bytes16_from_hex(lines[1].substr(8));
  const auto key = bytes32_from_hex(lines[2].substr(4));
  if (!cluster || !key) return fail(Errc::corrupt, "the head file names no cluster and key");
  out.cluster = ClusterId(*cluster);
  out.key = *key;
  const auto body = body_of(text, out.key);
  if (!body) return fail(Errc::corrupt, "the signature of the head file does not hold");
  for (const auto line : split(*body, '\n')) {
    if (!line.starts_with("head ")) continue;
    const auto head = head_from_line(line);
    if (!head) return fail(Errc::corrupt, "a line of the head file does not read as a head");
    out.heads.push_back(*head);
  }
  return out;
}

std::string tail_slot_bytes_of(const TailSlot& slot) {
  ARS_CHECK(slot.heads.size() <= limits::streams_max, "{} streams", slot.heads.size());
  std::string out;
  out.reserve(20 + slot.heads.size() * tail_entry_bytes);
  put(out, tail_magic);
  put(out, slot.counter);
  put(out, narrow<std::uint32_t>(slot.heads.size()));
  for (const auto& head : slot.heads) {
    put(out, to_underlying(head.stream.topic));
    put(out, head.stream.generation);
    put(out, head.stream.partition);
    put(out, head.next.value());
    put(out, head.chain);
  }
  put(out, crc32c(as_bytes(std::string_view(out).substr(4))));
  return out;
}

std::optional<TailSlot> newest_tail(std::string_view file) {
  std::optional<TailSlot> out;
  for (std::size_t at = 0; at < file.size(); at += tail_slot_bytes) {
    auto slot = slot_of(file.substr(at, tail_slot_bytes));
    if (slot && (!out || slot->counter > out->counter)) out = std::move(slot);
  }
  return out;
}

std::vector<Head> newest_heads(const std::vector<Head>& a, const std::vector<Head>& b) {
  auto out = a;
  for (const auto& head : b) {
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const Head& known) { return known.stream == head.stream; });
    if (same == out.end()) {
      out.push_back(head);
    } else if (same->next < head.next) {
      *same = head;
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Head& x, const Head& y) { return x.stream < y.stream; });
  return out;
}

std::string seal_text(const Seal& seal, const SigningKey& key) {
  auto body = fmt::format("{}\ncluster {}\n", seal_title, to_hex(seal.cluster));
  for (const auto& file : seal.files) {
    fmt::format_to(std::back_inserter(body), "file {} {} {} {} {} {}\n", file.name, file.bytes,
                   file.checksum, file.family, to_string(file.lowest), file.lowest_time_ns);
  }
  return signed_text(std::move(body), key);
}

Result<Seal> seal_from_text(std::string_view text, const Bytes32& public_key) {
  const auto body = body_of(text, public_key);
  if (!body) return fail(Errc::corrupt, "the signature of the seal does not hold");
  const auto lines = split(*body, '\n');
  if (lines.size() < 2 || lines[0] != seal_title || !lines[1].starts_with("cluster ")) {
    return fail(Errc::corrupt, "the seal does not read as one");
  }
  const auto cluster = bytes16_from_hex(lines[1].substr(8));
  if (!cluster) return fail(Errc::corrupt, "the seal names no cluster");
  Seal out;
  out.cluster = ClusterId(*cluster);
  for (std::size_t i = 2; i < lines.size(); ++i) {
    auto file = file_from_line(lines[i]);
    if (!file) return fail(Errc::corrupt, "a line of the seal does not read as a file");
    out.files.push_back(std::move(*file));
  }
  return out;
}

}  // namespace ars::store
