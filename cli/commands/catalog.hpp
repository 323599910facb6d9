// Every command of `ars` on one page. To add one: a function in a file named after its noun beside
// this one, declared and listed here. Help, usage errors and the list of commands follow.
#pragma once

#include "cli/commands/command.hpp"

namespace ars::cli {

Action version_command(CLI::App& app);

inline constexpr std::array commands{
    Command{"version",
            "print the version of this build and its parts",
            {"ars version", "ars version -o json"},
            &version_command},
};

// The noun alone, as `ars --help` shows it; of static storage.
struct Noun {
  std::string_view name;
  std::string_view summary;
};
inline constexpr std::array nouns{
    Noun{"audit", "prove that a log is what was written"},
    Noun{"config", "check and show configuration files"},
    Noun{"events", "list, show, follow and export what happened"},
    Noun{"graph", "the composition of agents, by version"},
    Noun{"replay", "rebuild states, re-run decisions, and compare"},
    Noun{"why", "why something serves, or what became of a change"},
};

}  // namespace ars::cli
