#include "cli/commands/command.h"

namespace sosw {

void add_location(CLI::App& command, Location& location) {
  command.add_option("-c,--config", location.config, "The configuration (default: ./sosw.yaml)")
      ->type_name("FILE");
  command
      .add_option(
          "--store", location.store,
          "Where the tasks are: sqlite:PATH or dynamodb: (default: SOSW_STORE, else sosw.db beside the "
          "configuration)")
      ->type_name("URL");
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print JSON instead of text for people");
}

std::string flags_of(const Location& location) {
  std::string flags;
  if (!location.config.empty()) flags += " -c " + location.config;
  if (!location.store.empty()) flags += " --store " + location.store;
  return flags;
}

}  // namespace sosw
