// Text for operators, on stderr and never on stdout. Set up once by cli/main.cpp; until then
// warnings and errors are printed. diagnose() may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ars::runtime {

enum class Level : std::uint8_t { debug, info, warning, error };
std::string_view to_string(Level level);

// 0 is info; each -v lowers it, each -q raises it; errors are always printed.
Level level_from_verbosity(int v_minus_q);

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
