// What an operation that can fail for a reason outside this program gives back.
// Values: copied and moved freely, any thread. Our own bugs do not travel here; they are ARS_CHECK.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ars {

// What the caller can do about it, not what went wrong inside.
enum class Errc : std::uint8_t {
  not_found = 1,    // the named thing does not exist
  conflict = 2,     // somebody else changed it first
  invalid = 3,      // the input breaks a rule; the same input will fail again
  corrupt = 4,      // stored bytes are not what was written
  unsupported = 5,  // a version, format or part that this build does not have
  unavailable = 6,  // a peer does not answer now; later may work
  timeout = 7,      // no answer within the limit
  overloaded = 8,   // a limit is reached; slow down
  stopping = 9,     // this process is going down
  denied = 10,      // not allowed
};

struct Error {
  Errc code = Errc::invalid;
  std::string context;
};

namespace outcome = BOOST_OUTCOME_V2_NAMESPACE;

template <class T = void>
using Result = outcome::basic_result<T, Error, outcome::policy::terminate>;

inline auto success() { return outcome::success(); }

[[nodiscard]] inline auto fail(Errc code, std::string context) {
  return outcome::failure(Error{code, std::move(context)});
}

// Puts where it happened in front of what happened; folder borders call it.
[[nodiscard]] inline Error within(std::string_view where, Error error) {
  error.context.insert(0, std::string(where) + ": ");
  return error;
}

// The word for an error code, as messages and JSON print it.
std::string_view to_string(Errc code);

}  // namespace ars

#define ARS_TRY_JOIN_(a, b) a##b
#define ARS_TRY_NAME_(a, b) ARS_TRY_JOIN_(a, b)
#define ARS_TRY_VALUE_(result, declaration, ...)                      \
  auto&& result = (__VA_ARGS__);                                      \
  if (!result.has_value()) {                                          \
    return ::ars::outcome::failure(std::move(result).assume_error()); \
  }                                                                   \
  declaration = std::move(result).assume_value()
#define ARS_TRY_BIND_(declaration, ...) \
  ARS_TRY_VALUE_(ARS_TRY_NAME_(ars_try_, __LINE__), declaration, __VA_ARGS__)
#define ARS_TRY_VOID_(expression)                                           \
  if (auto&& ars_try_void = (expression); !ars_try_void.has_value()) {      \
    return ::ars::outcome::failure(std::move(ars_try_void).assume_error()); \
  }
#define ARS_TRY_PICK_(a1, a2, a3, a4, a5, a6, a7, a8, name, ...) name
// ARS_TRY(auto x, expression): x is the value, or the enclosing function returns the error.
// ARS_TRY(expression): the same for Result<void>.
#define ARS_TRY(...)                                                                     \
  ARS_TRY_PICK_(__VA_ARGS__, ARS_TRY_BIND_, ARS_TRY_BIND_, ARS_TRY_BIND_, ARS_TRY_BIND_, \
                ARS_TRY_BIND_, ARS_TRY_BIND_, ARS_TRY_BIND_, ARS_TRY_VOID_, unused)      \
  (__VA_ARGS__)
