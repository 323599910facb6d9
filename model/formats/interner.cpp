#include "model/formats/interner.hpp"

#include "events/base/narrow.hpp"

namespace ars::model {
namespace {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash ^= std::uint64_t{static_cast<unsigned char>(c)};
    hash *= 0x100000001b3u;
  }
  return hash ^ (hash >> 29);
}

}  // namespace

std::size_t Interner::slot_of(std::string_view text) const {
  const auto mask = slots_.size() - 1;
  auto slot = fnv1a(text) & mask;
  while (slots_[slot] != 0 && texts_[slots_[slot] - 1] != text)
    slot = (slot + 1) & mask;
  return slot;
}

void Interner::grow() {
  slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    slots_[slot_of(texts_[i])] = narrow<std::uint32_t>(i + 1);
  }
}

std::uint32_t Interner::intern(std::string_view text) {
  if ((texts_.size() + 1) * 2 > slots_.size()) grow();
  const auto slot = slot_of(text);
  if (slots_[slot] == 0) {
    texts_.emplace_back(text);
    slots_[slot] = narrow<std::uint32_t>(texts_.size());
  }
  return slots_[slot] - 1;
}

std::optional<std::uint32_t> Interner::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const auto slot = slot_of(text);
  if (slots_[slot] == 0) return std::nullopt;
  return slots_[slot] - 1;
}

}  // namespace ars::model
