#include "bench/local_broker.hpp"

#include "runtime/effects/child_process.hpp"

#include <fmt/format.h>

namespace ars::bench {
namespace {

constexpr std::chrono::seconds patience{180};  // the first start may fetch the jars
constexpr int exit_skip = 3;

struct ScriptEnd {
  runtime::ChildExit exit;
  std::string last_line;
};

Result<ScriptEnd> run_script(std::vector<std::string> argv) {
  ScriptEnd out;
  runtime::ChildSpec spec;
  spec.argv = std::move(argv);
  spec.timeout = patience;
  spec.on_line = [&](std::string_view line) { out.last_line = line; };
  ARS_TRY(auto child, runtime::ChildProcess::spawn(std::move(spec)));
  out.exit = child->wait();
  return out;
}

std::string last_line_of(std::string text) {
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

std::filesystem::path find_in_tree(const Setting& setting, const std::filesystem::path& file) {
  std::error_code error;
  for (auto folder : {setting.program.parent_path(), std::filesystem::current_path(error)}) {
    for (; !folder.empty(); folder = folder.parent_path()) {
      if (std::filesystem::is_regular_file(folder / file, error)) return folder / file;
      if (folder == folder.root_path()) break;
    }
  }
  return {};
}

Result<std::unique_ptr<LocalBroker>> LocalBroker::start(const Setting& setting,
                                                        std::filesystem::path directory) {
  auto script = find_in_tree(setting, "scripts/kafka");
  if (script.empty()) {
    return fail(Errc::unsupported,
                "no broker: scripts/kafka is not in the tree of this binary; name one with "
                "--brokers HOST:PORT");
  }
  std::unique_ptr<LocalBroker> out(new LocalBroker(std::move(script), std::move(directory)));
  ARS_TRY(const auto end,
          run_script({out->script_.string(), "start", "--dir", out->directory_.string()}));
  if (end.exit.ending == runtime::ChildEnding::exited && end.exit.value == exit_skip) {
    return fail(Errc::unsupported, "no broker: " + last_line_of(end.exit.stderr_tail));
  }
  if (end.exit.ending != runtime::ChildEnding::exited || end.exit.value != 0) {
    return fail(Errc::unavailable, "scripts/kafka start: " + last_line_of(end.exit.stderr_tail));
  }
  out->address_ = end.last_line;
  return out;
}

LocalBroker::~LocalBroker() {
  // Harmless where nothing was started.
  [[maybe_unused]] const auto stopped =
      run_script({script_.string(), "stop", "--dir", directory_.string()});
}

}  // namespace ars::bench
