#include <set>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/labourer_names.h"
#include "cli/output.h"

namespace sosw {
namespace {

struct ControlOptions {
  Location location;
  std::string labourer;
  bool json = false;
};

int set_paused(const ControlOptions& options, bool paused) {
  const auto config = find_config(options.location);
  const auto store = open_existing_store(options.location, SqliteStore::Open::existing);
  require_labourer(options.labourer, *store, config ? &config->settings : nullptr);
  LabourerControl control = store->controls()[options.labourer];
  const bool as_before = control.paused == paused;
  control.paused = paused;
  store->set_control(options.labourer, control);
  if (options.json)
    print_json({{"labourer_id", options.labourer}, {"paused", paused}});
  else if (as_before)
    print(fmt::format("{} was {} already\n", options.labourer, paused ? "paused" : "active"));
  else
    print(fmt::format("{}\n", paused ? fmt::format("{0} is paused: what runs ends, nothing new starts until "
                                                   "`sosw resume {0}{1}`",
                                                   options.labourer, flags_of(options.location))
                                     : options.labourer + " is resumed"));
  return 0;
}

}  // namespace

void add_controls(CLI::App& app, Action& action) {
  for (const bool paused : {true, false}) {
    auto options = std::make_shared<ControlOptions>();
    const std::string name = paused ? "pause" : "resume";
    CLI::App* command =
        app.add_subcommand(name, paused ? "Start no more tasks of a labourer, until it is resumed"
                                        : "Let a paused labourer go on");
    command->add_option("labourer", options->labourer, "The labourer")->type_name("LABOURER")->required();
    add_location(*command, options->location);
    add_json(*command, options->json);
    command->footer(fmt::format("Example: sosw {} word_count", name));
    command->callback(
        [options, &action, paused] { action = [options, paused] { return set_paused(*options, paused); }; });
  }
}

}  // namespace sosw
