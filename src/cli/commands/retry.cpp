#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct ActOptions {
  Location location;
  std::vector<std::string> task_ids;
  std::string all_of;  ///< retry: the dead tasks of this labourer; cancel: the open tasks of this job
  bool json = false;
};

void require_one_of(const ActOptions& options, std::string_view flag) {
  if (options.task_ids.empty() == options.all_of.empty())
    throw Error(fmt::format("name either tasks or {}", flag));
}

/// What became of each task that was named. Returns 1 when it was not done for all of them.
int report_each(const ActOptions& options, const std::string& done, std::string_view did,
                std::string_view did_not) {
  const Json tasks = parse_json(done);
  if (options.json) print(done + '\n');
  bool all_done = true;
  for (const Json& one : tasks) {
    all_done = all_done && one["done"];
    if (options.json) continue;
    print(fmt::format("{} {}\n", one["task_id"].get<std::string>(),
                      one["done"] ? std::string(did)
                                  : fmt::format("{}: it is {}", did_not, one.value("state", "unknown"))));
  }
  return all_done ? 0 : 1;
}

int retry(const ActOptions& options) {
  require_one_of(options, "--dead LABOURER");
  const auto desk = open_desk(options.location, DeskUse::act);
  if (options.all_of.empty())
    return report_each(options, desk->retry(options.task_ids), "goes to the front of the queue", "stays");
  const std::string done = desk->retry_dead(options.all_of);
  print(options.json ? done + '\n'
                     : fmt::format("{} of {} back in the queue\n",
                                   counted(parse_json(done)["revived"], "dead task"), options.all_of));
  return 0;
}

int cancel(const ActOptions& options) {
  require_one_of(options, "--job ID");
  const auto desk = open_desk(options.location, DeskUse::act);
  if (options.all_of.empty())
    return report_each(options, desk->cancel(options.task_ids), "is cancelled", "stays");
  const std::string done = desk->cancel_job(options.all_of);
  const Json job = parse_json(done);
  print(options.json ? done + '\n'
                     : fmt::format("job {}: {} cancelled; what runs ends as it ends\n",
                                   job["job_id"].get<std::string>(), counted(job["cancelled"], "task")));
  return 0;
}

void add_act(CLI::App& app, Action& action, const std::string& name, const std::string& description,
             const std::string& flag, const std::string& flag_description, const std::string& flag_type,
             const std::string& example, int (*body)(const ActOptions&)) {
  auto options = std::make_shared<ActOptions>();
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("ids", options->task_ids, "The tasks")->type_name("ID");
  command->add_option(flag, options->all_of, flag_description)->type_name(flag_type);
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer(example);
  command->callback([options, &action, body] { action = [options, body] { return body(*options); }; });
}

}  // namespace

void add_retry(CLI::App& app, Action& action) {
  add_act(app, action, "retry", "Bring dead tasks back, and waiting ones at once", "--dead",
          "All dead tasks of this labourer", "LABOURER",
          "Ends with 1 when a task was neither dead nor waiting.\n\nExample: sosw retry --dead word_count",
          retry);
  add_act(
      app, action, "cancel", "Close queued and waiting tasks without running them", "--job",
      "All tasks of this job", "ID",
      "Ends with 1 when a task was running or closed already.\n\nExample: sosw cancel --job 0b5f8c9e2d7a41d0",
      cancel);
}

}  // namespace sosw
