#include "cli/version.hpp"

#include "cli/commands/catalog.hpp"
#include "cli/json_object.hpp"
#include "events/catalog.hpp"

#include <fmt/format.h>

namespace ars::cli {
namespace {

#ifdef ARS_HAS_RUNTIME_KAFKA
constexpr bool has_kafka = true;
#else
constexpr bool has_kafka = false;
#endif
#ifdef ARS_HAS_MODEL_TORCH
constexpr bool has_torch = true;
#else
constexpr bool has_torch = false;
#endif
#ifdef ARS_HAS_STORE_ROCKSDB
constexpr bool has_rocksdb = true;
#else
constexpr bool has_rocksdb = false;
#endif

}  // namespace

Action version_command(CLI::App&) {
  return [](const Session& session) -> Result<ExitCode> {
    if (session.format == Format::text) {
      put_line(
          fmt::format("ars {} (log format 1, {} event types; rocksdb: {}, kafka: {}, torch: {})",
                      version, events::Catalog::size, has_rocksdb ? "yes" : "no",
                      has_kafka ? "yes" : "no", has_torch ? "yes" : "no"));
    } else {
      JsonObject out;
      out.add("version", version).add("log_format", 1).add("event_types", events::Catalog::size);
      out.add("rocksdb", has_rocksdb).add("kafka", has_kafka).add("torch", has_torch);
      out.add("compiler", __VERSION__);
      put_line(out.text());
    }
    return ExitCode::done;
  };
}

}  // namespace ars::cli
