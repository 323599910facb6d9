// Versions of views in family `view`: numbered deltas, and every so many of them a full base, so
// that publishing costs the change and loading is bounded. Each version is chained to the one
// before: SHA256(previous || bytes). What the bytes mean is the model's business.
// Functions over a log; any thread.
#pragma once

#include "store/event_log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ars::store {

enum class ViewPart : std::uint8_t { delta = 1, base = 2 };

// The chained hash of a version; the first version follows a zero hash. A base does not change it:
// it stands beside its version's delta.
Bytes32 view_chain(const Bytes32& previous, ByteSpan delta);

// Whether this version should be stored with a base beside its delta: by count.
bool wants_base(ViewVersion version);

// The row of a version, for the batch that announces it.
Write view_write(std::string_view name, ViewVersion version, ViewPart part, const Bytes32& chain,
                 ByteSpan bytes);

// What a version is built from: a base, or nothing where no base was stored so far, and the deltas
// after it, oldest first.
struct ViewVersions {
  ViewVersion version;       // of the last delta, or of the base where no delta follows
  Bytes32 chain{};           // of that version
  ViewVersion base_version;  // zero: from nothing
  std::vector<std::uint8_t> base;
  std::vector<std::vector<std::uint8_t>> deltas;
};

// The newest version not above `at_most`, every delta checked against the chain.
// Errc::not_found: none stored; corrupt: a version is missing or its chain does not hold.
Result<ViewVersions> load_view(const EventLog& log, std::string_view name, ViewVersion at_most);

}  // namespace ars::store
