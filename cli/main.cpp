// The binary `ars`: the command tree, and the last net for what a library throws.
#include "cli/command_tree.hpp"
#include "events/base/narrow.hpp"
#include "runtime/effects/matrix_kernels.hpp"

#include <exception>

int main(int argc, char** argv) {
  try {
    ars::runtime::restart_with_fitting_kernels(argv);
    ars::cli::CommandTree tree;
    return ars::to_underlying(tree.run(argc, argv));
  } catch (const std::exception& error) {
    ars::cli::complain(error.what());
    return ars::to_underlying(ars::cli::ExitCode::failed);
  }
}
