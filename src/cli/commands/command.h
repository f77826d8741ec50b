#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/location.h"

namespace sosw {

/// The action of a subcommand, after its arguments are parsed; returns the exit code.
using Action = std::function<int()>;

// Each adds its subcommands to the program; the one that the user calls sets the action.
void add_init(CLI::App&, Action&);
void add_run(CLI::App&, Action&);
void add_up(CLI::App&, Action&);
void add_schedule(CLI::App&, Action&);
void add_chunk(CLI::App&, Action&);
void add_essentials(CLI::App&, Action&);
void add_status(CLI::App&, Action&);
void add_tasks(CLI::App&, Action&);
void add_jobs(CLI::App&, Action&);
void add_controls(CLI::App&, Action&);
void add_retry(CLI::App&, Action&);
void add_rules(CLI::App&, Action&);
void add_config_check(CLI::App&, Action&);
void add_doctor(CLI::App&, Action&);

/// The options -c and --store.
void add_location(CLI::App& command, Location&);
/// The option --json.
void add_json(CLI::App& command, bool& json);

/// The location as options of a command shown to the user: " -c sosw.yaml --store sqlite:x.db" or "".
std::string flags_of(const Location&);

}  // namespace sosw
