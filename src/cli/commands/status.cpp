#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/health.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/job_view.h"
#include "cli/output.h"
#include "cli/table.h"
#include "system/system_clock.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct StatusOptions {
  Location location;
  bool json = false;
};

Table::Cell remark_on(const Json& labourer, bool have_config) {
  if (labourer["paused"]) return {"paused", Colour::yellow};
  if (have_config && !labourer["configured"]) return {"not configured", Colour::yellow};
  const auto health = labourer["health"].get<Health>();
  if (health != Health::high)
    return {fmt::format("{}: {}", to_string(health), labourer["health_reason"].get<std::string>()),
            health <= Health::poor ? Colour::red : Colour::yellow};
  return have_config ? Table::Cell("fine") : Table::Cell("");
}

std::string text_of(const Json& labourers) {
  using enum Table::Side;
  Table table({{"labourer"},
               {"queued", right},
               {"running", right},
               {"waiting", right},
               {"completed", right},
               {"dead", right},
               {"limit", right},
               {"health"}});
  const bool have_config =
      std::ranges::any_of(labourers, [](const Json& one) { return one["configured"].get<bool>(); });
  for (const Json& one : labourers)
    table.add({one["labourer_id"].get<std::string>(), number_cell(one["queued"]),
               number_cell(one["running"].get<std::int64_t>() + one["overdue"].get<std::int64_t>()),
               number_cell(one["waiting"]), number_cell(one["completed"], Colour::green),
               number_cell(one["dead"], Colour::red),
               one["limit"].is_null() ? "-" : with_thousands(one["limit"]), remark_on(one, have_config)});
  return table.empty() ? "no labourers and no tasks yet\n" : table.render(output());
}

/// A task that is already due waits for an engine.
std::string due_text(Time due, Time now) {
  return due > now ? fmt::format("The next waiting task is due {}.\n", distance(due, now))
                   : fmt::format("The next waiting task has been due for {}.\n", lasting(now - due));
}

int status(const StatusOptions& options) {
  const std::string answer = open_admin_service(options.location, AdminAccess::read)->status();
  if (options.json) {
    print(answer + '\n');
    return 0;
  }
  const Json status = parse_json(answer, kDeepestJsonOfEngine);
  const Time now = SystemClock().now();
  std::string text = text_of(status["labourers"]);
  if (!status["next_due"].is_null()) text += due_text(status["next_due"], now);
  if (!status["jobs"].empty()) text += '\n' + table_of(status["jobs"], now);
  if (!status["engine"].is_null())
    text += fmt::format("\nAn engine is running: {}.\n", status["engine"].get<std::string>());
  else if (has_store_file(options.location))  // elsewhere it is unknown
    text += "\nNo engine is running; `sosw run` works on what is open.\n";
  print(text);
  return 0;
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command = app.add_subcommand("status", "What is going on, by labourer and job");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw status");
  command->callback([options, &action] { action = [options] { return status(*options); }; });
}

}  // namespace sosw
