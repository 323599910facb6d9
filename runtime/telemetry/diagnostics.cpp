#include "runtime/telemetry/diagnostics.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace ars::runtime {
namespace {

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

Level our_level(spdlog::level::level_enum level) {
  for (const auto each : {Level::debug, Level::info, Level::warning}) {
    if (level <= spdlog_level(each)) return each;
  }
  return Level::error;
}

// Hands each text on as it is.
class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(Level, std::string_view)> to) : to_(std::move(to)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    to_(our_level(message.level), {message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

 private:
  std::function<void(Level, std::string_view)> to_;
};

std::shared_ptr<spdlog::logger> make_logger(DiagnosticsSettings settings) {
  spdlog::sink_ptr sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (settings.sink) sink = std::make_shared<FunctionSink>(std::move(settings.sink));
  auto logger = std::make_shared<spdlog::logger>("ars", std::move(sink));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog_level(settings.level));
  logger->flush_on(spdlog::level::debug);
  return logger;
}

std::shared_ptr<spdlog::logger>& the_logger() {
  static auto logger = make_logger({Level::warning});
  return logger;
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "unknown";
}

void set_up_diagnostics(DiagnosticsSettings settings) {
  the_logger() = make_logger(std::move(settings));
}

bool diagnosed(Level level) { return the_logger()->should_log(spdlog_level(level)); }

void diagnose(Level level, const std::string& text) {
  the_logger()->log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace ars::runtime
