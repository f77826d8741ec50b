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
  std::string labourer;  ///< retry: all its dead tasks
  std::string job;       ///< retry: all its dead tasks; cancel: all its open ones
  bool json = false;
};

void require_one_of(const ActOptions& options, std::string_view flags) {
  if (!options.task_ids.empty() + !options.labourer.empty() + !options.job.empty() != 1)
    throw Error(fmt::format("name either tasks or {}", flags));
}

/// Prints the result for each named task. Returns 1 when it was not done for all of them.
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
  require_one_of(options, "--dead LABOURER or --job ID");
  const auto admin = open_admin_service(options.location, AdminAccess::write);
  if (!options.task_ids.empty())
    return report_each(options, admin->retry(options.task_ids), "goes to the front of the queue", "stays");
  const std::string done =
      options.job.empty() ? admin->retry_dead(options.labourer) : admin->retry_dead_of_job(options.job);
  print(options.json
            ? done + '\n'
            : fmt::format("{} of {} back in the queue\n", counted(parse_json(done)["revived"], "dead task"),
                          options.job.empty() ? options.labourer : "job " + options.job));
  return 0;
}

int cancel(const ActOptions& options) {
  require_one_of(options, "--job ID");
  const auto admin = open_admin_service(options.location, AdminAccess::write);
  if (!options.task_ids.empty())
    return report_each(options, admin->cancel(options.task_ids), "is cancelled", "stays");
  const std::string done = admin->cancel_job(options.job);
  const Json job = parse_json(done);
  print(options.json ? done + '\n'
                     : fmt::format("job {}: {} cancelled; what runs ends as it ends\n",
                                   job["job_id"].get<std::string>(), counted(job["cancelled"], "task")));
  return 0;
}

/// Options of both commands; the caller adds the rest.
CLI::App* add_act(CLI::App& app, Action& action, const std::string& name, const std::string& description,
                  const std::string& job_description, const std::shared_ptr<ActOptions>& options,
                  int (*body)(const ActOptions&)) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("ids", options->task_ids, "The tasks")->type_name("ID");
  command->add_option("--job", options->job, job_description)->type_name("ID");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->callback([options, &action, body] { action = [options, body] { return body(*options); }; });
  return command;
}

}  // namespace

void add_retry(CLI::App& app, Action& action) {
  auto retried = std::make_shared<ActOptions>();
  CLI::App* command = add_act(app, action, "retry", "Bring dead tasks back, and waiting ones at once",
                              "All dead tasks of this job", retried, retry);
  command->add_option("--dead", retried->labourer, "All dead tasks of this labourer")->type_name("LABOURER");
  command->footer(
      "Ends with 1 when a task was neither dead nor waiting.\n\nExample: sosw retry --dead word_count");
  add_act(app, action, "cancel", "Close queued and waiting tasks without running them",
          "All tasks of this job", std::make_shared<ActOptions>(), cancel)
      ->footer(
          "Ends with 1 when a task was running or closed already.\n\nExample: sosw cancel --job "
          "0b5f8c9e2d7a41d0");
}

}  // namespace sosw
