#include "store/view_store.hpp"

#include "store/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace ars::store {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t header_bytes = 1 + sizeof(Bytes32);

// name/<version><part>: big-endian, a delta before the base of the same version.
std::string key_of(std::string_view name, ViewVersion version, ViewPart part) {
  std::string key(name);
  key.push_back('/');
  for (std::uint32_t shift = 64; shift > 0; shift -= 8) {
    key.push_back(static_cast<char>((version.value() >> (shift - 8)) & 255u));
  }
  key.push_back(static_cast<char>(part));
  return key;
}

struct Row {
  Bytes32 chain{};
  Bytes bytes;
};

std::optional<Row> row_of(ByteSpan value, ViewPart part) {
  if (value.size() < header_bytes || value[0] != static_cast<unsigned char>(part)) return {};
  Row out;
  std::copy_n(value.begin() + 1, out.chain.size(), out.chain.begin());
  out.bytes.assign(value.begin() + header_bytes, value.end());
  return out;
}

std::uint64_t version_in(std::string_view key) {
  std::uint64_t out = 0;
  for (const auto byte : as_bytes(key.substr(key.size() - 9, 8)))
    out = out << 8 | byte;
  return out;
}

Result<Row> required(const EventLog& log, std::string_view name, ViewVersion version,
                     ViewPart part) {
  const auto value = log.get(family::view, key_of(name, version, part));
  auto row = value ? row_of(*value, part) : std::nullopt;
  if (!row) {
    return fail(Errc::corrupt,
                fmt::format("view {} version {} cannot be read", name, version.value()));
  }
  return std::move(*row);
}

}  // namespace

Bytes32 view_chain(const Bytes32& previous, ByteSpan delta) {
  Sha256 sum;
  return sum.update(previous).update(delta).digest();
}

bool wants_base(ViewVersion version) { return version.value() % limits::view_deltas_max == 0; }

Write view_write(std::string_view name, ViewVersion version, ViewPart part, const Bytes32& chain,
                 ByteSpan bytes) {
  Bytes value;
  value.reserve(header_bytes + bytes.size());
  value.push_back(static_cast<unsigned char>(part));
  value.insert(value.end(), chain.begin(), chain.end());
  value.insert(value.end(), bytes.begin(), bytes.end());
  return {std::string(family::view), key_of(name, version, part), std::move(value)};
}

Result<ViewVersions> load_view(const EventLog& log, std::string_view name, ViewVersion at_most) {
  // Keys alone tell which versions are there and where the last base lies.
  std::optional<ViewVersion> newest;
  ViewVersion base;
  log.each(family::view, std::string(name) + "/", [&](std::string_view key, ByteSpan value) {
    if (key.size() != name.size() + 10 || value.empty()) return true;
    const ViewVersion version(version_in(key));
    if (version > at_most) return false;
    newest = version;
    if (value[0] == static_cast<unsigned char>(ViewPart::base)) base = version;
    return true;
  });
  ARS_TRY(log.health());
  if (!newest) return fail(Errc::not_found, fmt::format("view {} has no version", name));
  ViewVersions out;
  out.version = *newest;
  out.base_version = base;
  if (base.value() > 0) {
    ARS_TRY(auto row, required(log, name, base, ViewPart::base));
    out.base = std::move(row.bytes);
    out.chain = row.chain;
  }
  for (auto version = base.next(); version <= *newest; version = version.next()) {
    ARS_TRY(auto row, required(log, name, version, ViewPart::delta));
    out.chain = view_chain(out.chain, row.bytes);
    if (out.chain != row.chain) {
      return fail(Errc::corrupt, fmt::format("view {} version {}: the chain does not hold", name,
                                             version.value()));
    }
    out.deltas.push_back(std::move(row.bytes));
  }
  return out;
}

}  // namespace ars::store
