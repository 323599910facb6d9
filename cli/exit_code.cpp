#include "cli/exit_code.hpp"

namespace ars::cli {

ExitCode exit_code_of(Errc code) {
  switch (code) {
    case Errc::not_found:
      return ExitCode::not_found;
    case Errc::conflict:
      return ExitCode::conflict;
    case Errc::invalid:
      return ExitCode::usage;
    case Errc::corrupt:
      return ExitCode::mismatch;
    case Errc::unsupported:
      return ExitCode::unsupported;
    case Errc::unavailable:
      return ExitCode::unreachable;
    case Errc::timeout:
      return ExitCode::timeout;
    case Errc::denied:
      return ExitCode::denied;
    case Errc::stopping:
      return ExitCode::interrupted;
    case Errc::overloaded:
      break;
  }
  return ExitCode::failed;
}

}  // namespace ars::cli
