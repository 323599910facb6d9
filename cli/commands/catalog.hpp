// Every command of `ars` on one page. To add one: a function in a file named after its noun beside
// this one, declared and listed here. Help, usage errors and the list of commands follow.
#pragma once

#include "cli/commands/command.hpp"

namespace ars::cli {

Action audit_verify_command(CLI::App& app);
Action bench_command(CLI::App& app);
Action config_check_command(CLI::App& app);
Action config_show_command(CLI::App& app);
Action doctor_command(CLI::App& app);
Action events_list_command(CLI::App& app);
Action events_show_command(CLI::App& app);
Action events_tail_command(CLI::App& app);
Action events_export_command(CLI::App& app);
Action graph_show_command(CLI::App& app);
Action graph_diff_command(CLI::App& app);
Action replay_fold_command(CLI::App& app);
Action replay_reexec_command(CLI::App& app);
Action run_command(CLI::App& app);
Action trainer_command(CLI::App& app);
Action version_command(CLI::App& app);
Action why_serving_command(CLI::App& app);
Action why_change_command(CLI::App& app);

inline constexpr std::array commands{
    Command{"audit verify",
            "check every file, chain, payload and index of a log",
            {"ars audit verify --log-dir log", "ars audit verify --log-dir log -o json"},
            &audit_verify_command},
    Command{"bench",
            "measure ours beside the raw libraries, in one run",
            {"ars bench", "ars bench log --seconds 2 -o json"},
            &bench_command},
    Command{"config check",
            "name every error of a configuration file, with its line",
            {"ars config check ars.toml", "ars config check ars.toml -o json"},
            &config_check_command},
    Command{"config show",
            "print every setting with where it comes from",
            {"ars config show", "ars config show ars.toml"},
            &config_show_command},
    Command{"doctor",
            "look for what would hinder a run, with a fix for each",
            {"ars doctor", "ars doctor --brokers 127.0.0.1:9092 -o json"},
            &doctor_command},
    Command{"events list",
            "list events by filters",
            {"ars events list --log-dir log --type 'ars.variant.*'",
             "ars events list --log-dir log --stream evt/0 --offset -20"},
            &events_list_command},
    Command{"events show",
            "one event, whole",
            {"ars events show evt/0/1041 --log-dir log",
             "ars events show 018bcfe5-6800-72e2-9661-860cc4327562 --log-dir log -o json"},
            &events_show_command},
    Command{"events tail",
            "the newest events, then each as it comes",
            {"ars events tail --log-dir log", "ars events tail --log-dir log --once --limit 50"},
            &events_tail_command},
    Command{"events export",
            "events as CloudEvents, one JSON object a line",
            {"ars events export --log-dir log > events.jsonl",
             "ars events export --log-dir log --from @2026-11-23 --agent ranking"},
            &events_export_command},
    Command{"graph show",
            "the agents of a composition and how they are wired",
            {"ars graph show --log-dir log", "ars graph show --log-dir log --at 2 -o dot"},
            &graph_show_command},
    Command{
        "graph diff",
        "what one rewiring changed",
        {"ars graph diff --log-dir log", "ars graph diff --log-dir log --from 1 --to 3 -o json"},
        &graph_diff_command},
    Command{"replay fold",
            "rebuild every state from the log and compare",
            {"ars replay fold --log-dir log", "ars replay fold --log-dir log -o json"},
            &replay_fold_command},
    Command{"replay reexec",
            "run every recorded decision again and compare",
            {"ars replay reexec --log-dir log", "ars replay reexec --log-dir log -o json"},
            &replay_reexec_command},
    Command{"run",
            "feed a source to the system, which serves and evolves",
            {"ars run --source sim --limit 500 --log-dir log",
             "ars run --source movielens:../shared/data/ml-latest-small --log-dir log -o json"},
            &run_command},
    Command{"trainer",
            "run one training job; a node starts this itself, in a sandbox",
            {"ars trainer log/jobs/1-0", "ars trainer /tmp/job"},
            &trainer_command},
    Command{"version",
            "print the version of this build and its parts",
            {"ars version", "ars version -o json"},
            &version_command},
    Command{"why serving",
            "which plan serves, since when, and on what evidence",
            {"ars why serving --log-dir log", "ars why serving --log-dir log --at evt/0/1041"},
            &why_serving_command},
    Command{"why change",
            "the whole road of one change, in sentences",
            {"ars why change 3 --log-dir log", "ars why change 3 --log-dir log -o json"},
            &why_change_command},
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
