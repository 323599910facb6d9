// Text for operators, on stderr and never on stdout. Set up by the command tree, from -v and -q;
// until then warnings and errors are printed. diagnose() may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ars::runtime {

enum class Level : std::uint8_t { debug, info, warning, error };
std::string_view to_string(Level level);

struct DiagnosticsSettings {
  Level level = Level::info;
  // Where the text goes instead of stderr; for tests.
  std::function<void(Level, std::string_view)> sink{};
};
// REQUIRES: no other thread is in diagnose().
void set_up_diagnostics(DiagnosticsSettings settings);

// Whether a text of this level is printed: ask before making a costly one.
bool diagnosed(Level level);
void diagnose(Level level, const std::string& text);

}  // namespace ars::runtime
