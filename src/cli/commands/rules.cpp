#include <fmt/format.h>

#include "admin/store_admin_service.h"
#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"
#include "system/system_clock.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct RulesOptions {
  Location location;
  bool json = false;
};

/// Before the first run there is no store yet, and no rule has fired.
std::string listed_rules(const Location& location) {
  if (!store_is_missing(location)) return open_admin_service(location, AdminAccess::read)->rules();
  return rules_text(require_config(location).settings, {}, SystemClock().now());
}

int rules(const RulesOptions& options) {
  const std::string listed = listed_rules(options.location);
  if (options.json) {
    print(listed + '\n');
    return 0;
  }
  const Time now = SystemClock().now();
  const auto when = [&](const Json& time) { return time.is_null() ? "-" : moment(time, now); };
  Table table({{"rule"}, {"schedule"}, {"last"}, {"next"}});
  for (const Json& rule : parse_json(listed, kDeepestJsonOfEngine))
    table.add({rule["name"].get<std::string>(), rule["schedule"].get<std::string>(), when(rule["last"]),
               rule["enabled"] ? Table::Cell(when(rule["next"])) : Table::Cell("disabled", Colour::yellow)});
  print(table.empty() ? "no rules\n" : table.render(output()));
  return 0;
}

struct TriggerOptions {
  Location location;
  std::string rule;
  bool json = false;
};

int trigger(const TriggerOptions& options) {
  const std::string scheduled =
      open_admin_service(options.location, AdminAccess::schedule)->trigger_rule(options.rule);
  if (options.json) {
    print(scheduled + '\n');
    return 0;
  }
  for (const Json& job : parse_json(scheduled))
    print(fmt::format("job {}: {} for {}\n", job["job_id"].get<std::string>(), counted(job["total"], "task"),
                      job["labourer_id"].get<std::string>()));
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

  auto triggered = std::make_shared<TriggerOptions>();
  CLI::App* trigger_command =
      app.add_subcommand("trigger", "Schedule the job of a rule now, whatever its times are");
  trigger_command->add_option("rule", triggered->rule, "The rule")->type_name("RULE")->required();
  add_location(*trigger_command, triggered->location);
  add_json(*trigger_command, triggered->json);
  trigger_command->footer("Example: sosw trigger nightly");
  trigger_command->callback([triggered, &action] { action = [triggered] { return trigger(*triggered); }; });
}

}  // namespace sosw
