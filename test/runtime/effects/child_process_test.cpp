#include "runtime/effects/child_process.hpp"

#include "runtime/limits.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

using namespace ars;
using namespace ars::runtime;
using namespace std::chrono_literals;

namespace {

struct Ran {
  ChildExit exit;
  std::vector<std::string> lines;
};

ChildSpec shell(std::string script) { return {.argv = {"sh", "-c", std::move(script)}}; }

Ran run(ChildSpec spec) {
  Ran out;
  spec.on_line = [&out](std::string_view line) { out.lines.emplace_back(line); };
  auto child = ChildProcess::spawn(std::move(spec));
  BOOST_REQUIRE(child.has_value());
  out.exit = child.assume_value()->wait();
  return out;
}

bool alive(int pid) { return ::kill(pid, 0) == 0; }

// True once nothing answers to this pid, or only a zombie; at most two seconds.
bool soon_dead(int pid) {
  for (int i = 0; i < 200 && alive(pid); ++i) {
    std::error_code ignored;
    const auto stat = std::filesystem::path("/proc") / std::to_string(pid) / "stat";
    if (FILE* file = std::fopen(stat.c_str(), "r")) {
      char state = 0;
      const bool zombie = std::fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'Z';
      std::fclose(file);
      if (zombie) return true;
    }
    ::usleep(10'000);
  }
  return !alive(pid);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_child_process)

BOOST_AUTO_TEST_CASE(lines_exit_code_and_stderr_tail_come_back) {
  const auto ran = run(shell("echo one; echo two; printf three; echo oops >&2; exit 7"));

  BOOST_TEST(ran.lines == (std::vector<std::string>{"one", "two", "three"}),
             boost::test_tools::per_element());
  BOOST_CHECK(ran.exit == (ChildExit{ChildEnding::exited, 7, "oops\n"}));
}

BOOST_AUTO_TEST_CASE(a_signal_is_told_from_an_exit_code) {
  const auto ran = run(shell("kill -9 $$"));

  BOOST_CHECK(ran.exit.ending == ChildEnding::signalled);
  BOOST_TEST(ran.exit.value == SIGKILL);
}

BOOST_AUTO_TEST_CASE(a_long_line_comes_in_pieces_and_stderr_keeps_its_tail) {
  const auto ran =
      run(shell("head -c 100000 /dev/zero | tr '\\0' a; "
                "head -c 20000 /dev/zero | tr '\\0' b >&2; printf end >&2"));

  BOOST_REQUIRE_EQUAL(ran.lines.size(), 2u);
  BOOST_TEST(ran.lines[0].size() == limits::child_line_bytes_max);
  BOOST_TEST(ran.lines[0].size() + ran.lines[1].size() == 100000u);
  BOOST_TEST(ran.exit.stderr_tail.size() == limits::child_stderr_tail_bytes);
  BOOST_TEST(ran.exit.stderr_tail.ends_with("bend"));
}

BOOST_AUTO_TEST_CASE(environment_directory_and_stdin_are_as_asked) {
  auto spec = shell("echo $ARS_TEST_A $HOME; pwd; cat; echo done");
  spec.environment = {"ARS_TEST_A=x", "HOME=/nowhere"};
  spec.working_directory = "/usr";

  const auto ran = run(std::move(spec));

  BOOST_TEST(ran.lines == (std::vector<std::string>{"x /nowhere", "/usr", "done"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_descriptor_of_ours_reaches_the_child) {
  const int low = ::open("/dev/null", O_RDONLY);
  const int leaked = ::dup2(low, 57);  // without O_CLOEXEC
  BOOST_REQUIRE(leaked == 57);

  const auto ran = run(shell("for f in /proc/$$/fd/*; do echo ${f##*/}; done"));

  ::close(low);
  ::close(leaked);
  // 3 is the shell's own, of the directory that it lists.
  for (const auto& line : ran.lines)
    BOOST_TEST(std::stoi(line) <= 3, "descriptor " + line);
  BOOST_TEST(ran.lines.size() >= 3u);
}

BOOST_AUTO_TEST_CASE(a_run_that_takes_too_long_is_killed) {
  auto spec = shell("echo start; sleep 60");
  spec.timeout = 100ms;

  const auto ran = run(std::move(spec));

  BOOST_CHECK(ran.exit.ending == ChildEnding::timed_out);
  BOOST_TEST(ran.lines.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_output_does_not_hide_the_timeout) {
  auto spec = shell("yes");
  spec.timeout = 100ms;

  BOOST_CHECK(run(std::move(spec)).exit.ending == ChildEnding::timed_out);
}

BOOST_AUTO_TEST_CASE(silence_is_noticed_and_lines_keep_it_away) {
  auto talks = shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done");
  talks.silence_timeout = 400ms;
  auto silent = shell("echo 1; sleep 60");
  silent.silence_timeout = 100ms;

  BOOST_CHECK(run(std::move(talks)).exit.ending == ChildEnding::exited);
  BOOST_CHECK(run(std::move(silent)).exit.ending == ChildEnding::silent);
}

BOOST_AUTO_TEST_CASE(the_whole_group_dies_with_the_child) {
  const auto exited = run(shell("sleep 60 & echo $!"));
  auto spec = shell("sleep 60 & echo $!; wait");
  spec.timeout = 100ms;
  const auto killed = run(std::move(spec));

  BOOST_TEST(soon_dead(std::stoi(exited.lines.at(0))));
  BOOST_TEST(soon_dead(std::stoi(killed.lines.at(0))));
}

BOOST_AUTO_TEST_CASE(kill_from_another_thread_ends_it) {
  auto child = ChildProcess::spawn(shell("sleep 60"));
  BOOST_REQUIRE(child.has_value());
  std::jthread killer([&] { child.assume_value()->kill(); });

  BOOST_CHECK(child.assume_value()->wait().ending == ChildEnding::cancelled);
}

BOOST_AUTO_TEST_CASE(a_child_dies_with_its_parent) {
  int report[2];
  BOOST_REQUIRE(::pipe(report) == 0);
  const int parent = ::fork();
  if (parent == 0) {
    auto child = ChildProcess::spawn(shell("sleep 60"));
    const int pid = child.has_value() ? child.assume_value()->pid() : -1;
    if (::write(report[1], &pid, sizeof(pid)) != sizeof(pid)) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  int pid = -1;
  BOOST_REQUIRE(::read(report[0], &pid, sizeof(pid)) == sizeof(pid));
  BOOST_REQUIRE(pid > 0);
  BOOST_TEST(alive(pid));

  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);

  BOOST_TEST(soon_dead(pid));
  ::close(report[0]);
  ::close(report[1]);
}

BOOST_AUTO_TEST_CASE(limits_hold) {
  auto memory = ChildSpec{.argv = {"python3", "-c", "x = bytearray(1 << 30); print('got it')"}};
  memory.limits.address_space_bytes = 256u << 20;
  auto file =
      shell("head -c 100000 /dev/zero > /tmp/ars_limit_$$; s=$?; rm -f /tmp/ars_limit_$$; exit $s");
  file.limits.file_bytes = 4096;
  auto cpu = shell("while :; do :; done");
  cpu.limits.cpu_seconds = 1;
  cpu.timeout = 20s;
  auto files = shell("ulimit -n");
  files.limits.open_files = 32;

  const auto memory_ran = run(std::move(memory));
  BOOST_TEST(memory_ran.exit.value != 0);
  BOOST_TEST(memory_ran.lines.empty());
  BOOST_TEST(run(std::move(file)).exit.value != 0);
  BOOST_CHECK(run(std::move(cpu)).exit.ending == ChildEnding::signalled);
  BOOST_TEST(run(std::move(files)).lines.at(0) == "32");
}

BOOST_AUTO_TEST_CASE(privileges_cannot_be_gained_and_signals_are_default) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto ran = run(shell("grep -E 'NoNewPrivs|SigIgn|SigBlk' /proc/self/status"));
  ::signal(SIGPIPE, SIG_DFL);

  BOOST_TEST(ran.lines == (std::vector<std::string>{"SigBlk:\t0000000000000000",
                                                    "SigIgn:\t0000000000000000", "NoNewPrivs:\t1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_start_says_why) {
  const auto code_of = [](ChildSpec spec) {
    auto child = ChildProcess::spawn(std::move(spec));
    BOOST_REQUIRE(child.has_error());
    return child.assume_error().code;
  };
  auto lost = shell("true");
  lost.working_directory = "/nowhere/at/all";

  BOOST_CHECK(code_of({}) == Errc::invalid);
  BOOST_CHECK(code_of({.argv = {"no-such-program-here"}}) == Errc::not_found);
  BOOST_CHECK(code_of({.argv = {"/no/such/program"}}) == Errc::not_found);
  BOOST_CHECK(code_of({.argv = {"/etc/passwd"}}) == Errc::denied);
  BOOST_CHECK(code_of(std::move(lost)) == Errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()
