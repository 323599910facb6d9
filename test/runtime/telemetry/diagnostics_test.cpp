#include "runtime/telemetry/diagnostics.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

using namespace ars::runtime;

namespace {

// What a descriptor of this process received while `act` ran.
template <class Act>
std::string captured(int descriptor, Act act) {
  std::FILE* file = std::tmpfile();
  std::fflush(nullptr);
  const int saved = ::dup(descriptor);
  ::dup2(::fileno(file), descriptor);
  act();
  std::fflush(nullptr);
  ::dup2(saved, descriptor);
  ::close(saved);
  std::string out(4096, '\0');
  std::rewind(file);
  out.resize(std::fread(out.data(), 1, out.size(), file));
  std::fclose(file);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_diagnostics)

BOOST_AUTO_TEST_CASE(text_goes_to_stderr_and_never_to_stdout) {
  set_up_diagnostics({Level::info});
  std::string out;
  const auto error = captured(2, [&] {
    out = captured(1, [] { diagnose(Level::warning, "the broker does not answer {}"); });
  });
  set_up_diagnostics({Level::warning});

  BOOST_TEST(out == "");
  BOOST_TEST(error.ends_with("Z warning: the broker does not answer {}\n"), error);
}

BOOST_AUTO_TEST_CASE(the_level_decides_what_is_printed) {
  std::vector<std::string> seen;
  set_up_diagnostics({Level::warning, [&](Level level, std::string_view text) {
                        seen.push_back(std::string(to_string(level)).append(" ").append(text));
                      }});

  diagnose(Level::debug, "a");
  diagnose(Level::info, "b");
  diagnose(Level::warning, "c");
  diagnose(Level::error, "d");
  const bool info = diagnosed(Level::info);
  const bool error = diagnosed(Level::error);
  set_up_diagnostics({Level::warning});

  BOOST_TEST(seen == (std::vector<std::string>{"warning c", "error d"}),
             boost::test_tools::per_element());
  BOOST_TEST(!info);
  BOOST_TEST(error);
}

BOOST_AUTO_TEST_SUITE_END()
