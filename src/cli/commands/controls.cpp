#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/output.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct ControlOptions {
  Location location;
  std::string labourer;
  std::optional<int> limit;
  bool no_limit = false;
  bool json = false;
};

int set_paused(const ControlOptions& options, bool paused) {
  const std::string done =
      open_admin_service(options.location, AdminAccess::write)->set_paused(options.labourer, paused);
  if (options.json)
    print(done + '\n');
  else if (!parse_json(done)["changed"])
    print(fmt::format("{} was {} already\n", options.labourer, paused ? "paused" : "active"));
  else
    print(fmt::format("{}\n", paused ? fmt::format("{0} is paused: what runs ends, nothing new starts until "
                                                   "`sosw resume {0}{1}`",
                                                   options.labourer, flags_of(options.location))
                                     : options.labourer + " is resumed"));
  return 0;
}

int set_limit(const ControlOptions& options) {
  if (options.limit.has_value() == options.no_limit) throw Error("give either a limit or --none");
  const std::string done =
      open_admin_service(options.location, AdminAccess::write)->set_limit(options.labourer, options.limit);
  if (options.json)
    print(done + '\n');
  else if (options.limit)
    print(fmt::format("{0}: no more than {1} at once, until `sosw limit {0} --none{2}`\n", options.labourer,
                      *options.limit, flags_of(options.location)));
  else
    print(options.labourer + ": max_simultaneous_invocations of its configuration counts again\n");
  return 0;
}

void add_pause(CLI::App& app, Action& action, bool paused) {
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

void add_limit(CLI::App& app, Action& action) {
  auto options = std::make_shared<ControlOptions>();
  CLI::App* command =
      app.add_subcommand("limit", "Replace a labourer's max_simultaneous_invocations, until it is lifted");
  command->add_option("labourer", options->labourer, "The labourer")->type_name("LABOURER")->required();
  command->add_option("limit", options->limit, "How many of its tasks may run at once")->type_name("N");
  command->add_flag("--none", options->no_limit, "Lift the limit: the configuration counts again");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw limit word_count 3");
  command->callback([options, &action] { action = [options] { return set_limit(*options); }; });
}

}  // namespace

void add_controls(CLI::App& app, Action& action) {
  for (const bool paused : {true, false}) add_pause(app, action, paused);
  add_limit(app, action);
}

}  // namespace sosw
