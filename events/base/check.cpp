#include "events/base/check.hpp"

#include "events/base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace ars {
namespace {
thread_local int step_guards = 0;
}  // namespace

StepGuard::StepGuard() { ++step_guards; }
StepGuard::~StepGuard() { --step_guards; }

void check_failed(std::string_view condition, std::string_view file, int line,
                  const std::string& message) {
  auto text = fmt::format("check failed at {}:{}: {}: {}", file, line, condition, message);
  if (step_guards > 0) throw StepFailure{std::move(text)};
  std::fputs((text + "\n").c_str(), stderr);
  std::abort();
}

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::not_found:
      return "not found";
    case Errc::conflict:
      return "conflict";
    case Errc::invalid:
      return "invalid";
    case Errc::corrupt:
      return "corrupt";
    case Errc::unsupported:
      return "unsupported";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timeout:
      return "timeout";
    case Errc::overloaded:
      return "overloaded";
    case Errc::stopping:
      return "stopping";
    case Errc::denied:
      return "denied";
  }
  return "unknown";
}

}  // namespace ars
