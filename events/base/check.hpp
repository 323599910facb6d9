// Assertions about our own code. ARS_CHECK stays on in every build; ARS_DCHECK only in debug
// builds, for measured hot loops. Inside an agent's step the shell installs a step guard: a failed
// check then ends that step instead of the process (events/base/check.cpp throws StepFailure, the
// shell catches).
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace ars {

// Thrown only while a StepGuard is alive on this thread.
struct StepFailure {
  std::string message;
};

// Turns failed checks on this thread into StepFailure for its lifetime. Owned by the agent shell.
class StepGuard {
 public:
  StepGuard();
  ~StepGuard();
  StepGuard(const StepGuard&) = delete;
  StepGuard& operator=(const StepGuard&) = delete;
};

[[noreturn]] void check_failed(std::string_view condition, std::string_view file, int line,
                               const std::string& message);

}  // namespace ars

#define ARS_CHECK(condition, ...)                                                      \
  do {                                                                                 \
    if (!(condition)) [[unlikely]] {                                                   \
      ::ars::check_failed(#condition, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__)); \
    }                                                                                  \
  } while (false)
#ifdef NDEBUG
#define ARS_DCHECK(condition, ...) static_cast<void>(0)
#else
#define ARS_DCHECK(condition, ...) ARS_CHECK(condition, __VA_ARGS__)
#endif
