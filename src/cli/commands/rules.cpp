#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"
#include "system/system_clock.h"

namespace sosw {
namespace {

struct RulesOptions {
  Location location;
  bool json = false;
};

int rules(const RulesOptions& options) {
  const std::string listed = open_desk(options.location, DeskUse::look)->rules();
  if (options.json) {
    print(listed + '\n');
    return 0;
  }
  const Time now = SystemClock().now();
  const auto when = [&](const Json& time) { return time.is_null() ? "-" : moment(time, now); };
  Table table({{"rule"}, {"schedule"}, {"last"}, {"next"}});
  for (const Json& rule : Json::parse(listed))
    table.add({rule["name"].get<std::string>(), rule["schedule"].get<std::string>(), when(rule["last"]),
               rule["enabled"] ? Table::Cell(when(rule["next"])) : Table::Cell("disabled", Colour::yellow)});
  print(table.empty() ? "no rules\n" : table.render(output()));
  return 0;
}

}  // namespace

void add_rules(CLI::App& app, Action& action) {
  auto options = std::make_shared<RulesOptions>();
  CLI::App* command = app.add_subcommand("rules", "List the scheduled rules, with their last and next time");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw rules");
  command->callback([options, &action] { action = [options] { return rules(*options); }; });
}

}  // namespace sosw
