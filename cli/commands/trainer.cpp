#include "cli/trainer.hpp"

#include "cli/commands/catalog.hpp"

#include <CLI/CLI.hpp>

namespace ars::cli {

Action trainer_command(CLI::App& app) {
  auto directory = std::make_shared<std::string>();
  app.add_option("directory", *directory, "job directory with job.json and rows.bin")->required();
  return [directory](const Session&) -> Result<ExitCode> { return trainer_main(*directory); };
}

}  // namespace ars::cli
