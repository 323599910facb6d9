// Results in tests: must() unwraps one that has to succeed, refused() checks the code of one that
// has to fail. Stateless; the test's thread.
#pragma once

#include "events/base/result.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace ars::test {

template <class T>
std::string why(const Result<T>& result) {
  if (result.has_value()) return "it succeeded";
  return std::string(to_string(result.error().code)) + ": " + result.error().context;
}

template <class T>
T must(Result<T> result) {
  if (!result.has_value()) BOOST_FAIL(why(result));
  return std::move(result).assume_value();
}
inline void must(Result<void> result) {
  if (!result.has_value()) BOOST_FAIL(why(result));
}

template <class T>
void refused(const Result<T>& result, Errc code) {
  const bool as_expected = result.has_error() && result.error().code == code;
  BOOST_TEST(as_expected, "expected " << to_string(code) << ", got " << why(result));
}

}  // namespace ars::test
