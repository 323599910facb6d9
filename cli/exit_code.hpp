// What `ars` ends with; docs/exit_codes.md says what each number means. The one place where an Errc
// becomes a number. Values; any thread.
#pragma once

#include "events/base/result.hpp"

namespace ars::cli {

enum class ExitCode : std::uint8_t {
  done = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  unreachable = 4,
  mismatch = 5,
  denied = 6,
  timeout = 7,
  conflict = 8,
  unsupported = 78,
  threshold_missed = 99,
  interrupted = 130,
};

ExitCode exit_code_of(Errc code);

}  // namespace ars::cli
