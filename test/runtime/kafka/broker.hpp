// One real broker for all Kafka tests of this process, started by scripts/kafka on first use and
// deleted at the end; each test takes a namespace of its own. Throws where it cannot go on: it is
// used from threads that Boost.Test does not know. Where Java or Maven is missing there is none:
// tests print SKIP and pass. One thread.
#pragma once

#include "runtime/effects/child_process.hpp"
#include "runtime/kafka/kafka_backend.hpp"
#include "test/contract/store/log_events.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ars::test {

struct Command {
  runtime::ChildExit exit;
  std::vector<std::string> lines;
};

inline Command run_command(std::vector<std::string> argv) {
  Command out;
  runtime::ChildSpec spec{.argv = std::move(argv), .timeout = std::chrono::seconds(120)};
  spec.on_line = [&](std::string_view line) { out.lines.emplace_back(line); };
  auto child = runtime::ChildProcess::spawn(std::move(spec));
  if (child.has_error()) throw std::runtime_error(child.error().context);
  out.exit = child.value()->wait();
  return out;
}

class Broker {
 public:
  Broker() { start(); }
  ~Broker() {
    if (address_.empty()) return;
    resume();
    run_command({script(), "stop", "--dir", directory_.string()});
    std::filesystem::remove_all(directory_);
  }

  // ARS_KAFKA_VERSION chooses another release than the default.
  static std::string version() {
    const char* asked = std::getenv("ARS_KAFKA_VERSION");
    return asked == nullptr ? "3.9.1" : asked;
  }
  bool missing() const { return address_.empty(); }
  const std::string& address() const { return address_; }
  std::filesystem::path data() const { return directory_ / "data"; }

  // Starts it, or starts it again with its data and its port.
  void start() {
    const auto began = run_command(
        {script(), "start", "--dir", directory_.string(), "--keep", "--version", version()});
    if (began.exit.value == 3) {
      std::printf("%s", began.exit.stderr_tail.c_str());
      return;
    }
    if (began.exit.value != 0 || began.lines.empty()) {
      throw std::runtime_error("scripts/kafka start: " + began.exit.stderr_tail);
    }
    address_ = began.lines.back();
  }
  void pause() const { ::kill(pid(), SIGSTOP); }
  void resume() const { ::kill(pid(), SIGCONT); }
  void kill() const { ::kill(pid(), SIGKILL); }

 private:
  static std::string script() { return ARS_SOURCE_DIR "/scripts/kafka"; }
  int pid() const {
    int out = 0;
    std::ifstream(directory_ / "broker.pid") >> out;
    if (out <= 1) throw std::runtime_error("no pid of the broker");
    return out;
  }

  // A new one: what another process of this number left behind has topics.
  static std::filesystem::path fresh_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "ars_kafka_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    return pattern;
  }

  std::filesystem::path directory_ = fresh_directory();
  std::string address_;
};

inline Broker& the_broker() {
  static Broker broker;
  return broker;
}

// True, with a line that says so, where there is no broker.
inline bool skipped() {
  if (!the_broker().missing()) return false;
  BOOST_TEST_MESSAGE("SKIP: no broker here");
  return true;
}

inline runtime::KafkaSettings fresh_settings() {
  static int number = 0;
  runtime::KafkaSettings out;
  out.brokers = {the_broker().address()};
  out.name_space = "t" + std::to_string(++number);
  return out;
}

inline std::unique_ptr<runtime::KafkaBackend> prepared(const runtime::KafkaSettings& settings,
                                                       std::uint16_t partitions = 2) {
  auto out = must(runtime::KafkaBackend::open(settings, cluster_of()));
  must(out->prepare(partitions, std::chrono::seconds(20)));
  return out;
}

}  // namespace ars::test
