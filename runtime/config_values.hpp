// Single values of the configuration: from TOML or text into a typed slot, within bounds, and back
// to TOML. Used by runtime/config.cpp alone. Pure; any thread.
#pragma once

#include "runtime/config.hpp"

namespace ars::runtime {

// "20ms", "1.5s", "24h" (ns us ms s m h d). Errc::invalid for anything else, bare numbers included.
Result<Duration> duration_from_text(std::string_view text);
// "64MiB", "10GB", "512B". Errc::invalid for anything else, bare numbers included.
Result<ByteSize> size_from_text(std::string_view text);
std::string duration_text(Duration duration);
std::string size_text(ByteSize size);

// Errc::invalid says what is wrong with the value; the slot is then as before.
Result<void> assign_value(const Slot& slot, const Bounds& bounds, const detail::RawValue& value);
// As TOML writes it.
std::string value_text(const Slot& slot);
// What assign_value takes, in words.
std::string allowed_text(const Slot& slot, const Bounds& bounds);

}  // namespace ars::runtime
