// The catalogue as a CLI11 tree, and the one way from a command line to an exit code. Owned by
// main; the main thread alone calls.
#pragma once

#include "cli/commands/command.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ars::cli {

class CommandTree {
 public:
  CommandTree();
  ~CommandTree();
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  // Parses and runs. Help goes to stdout; a usage error is explained on stderr, with the nearest
  // command where a word is none.
  ExitCode run(int argc, const char* const* argv);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Of `names`, the one that takes the fewest edits from `word`; empty when none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& names);

}  // namespace ars::cli
