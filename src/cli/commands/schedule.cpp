#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/job_file.h"
#include "cli/output.h"
#include "config/text_file.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct ScheduleOptions {
  Location location;
  std::string job;
  bool json = false;
};

/// By a running engine, or into the store; a bad job does not create one.
std::string schedule_text(const ScheduleOptions& options, const JsonText& event) {
  auto admin = find_engine_admin_service(options.location);
  if (!admin) {
    plan_job_file(options.job, event, require_config(options.location).settings);
    admin = open_admin_service(options.location, AdminAccess::schedule);
  }
  try {
    return admin->schedule(event);
  } catch (const InvalidJob& error) {
    throw InvalidJob(fmt::format("{}: {}", name_of(options.job), error.what()));
  }
}

int schedule(const ScheduleOptions& options) {
  for (const Json& job : parse_json(schedule_text(options, read_job_file(options.job)))) {
    for (const Json& warning : job.value("warnings", Json::array()))
      spdlog::warn("{}: {}", name_of(options.job), warning.get_ref<const std::string&>());
    if (options.json)
      print_json(job);
    else
      print(fmt::format("job {}: {} for {}{}\n", job["job_id"].get<std::string>(),
                        counted(job["total"], "task"), job["labourer_id"].get<std::string>(),
                        job["known_before"] ? ", scheduled earlier by the same idempotency_key" : ""));
  }
  return 0;
}

}  // namespace

void add_schedule(CLI::App& app, Action& action) {
  auto options = std::make_shared<ScheduleOptions>();
  CLI::App* command =
      app.add_subcommand("schedule", "Cut a job into queued tasks, for a running engine or a later run");
  command->add_option("job", options->job, "The job, a JSON file (- for standard input, s3://BUCKET/KEY)")
      ->type_name("JOB")
      ->required();
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw schedule job.json");
  command->callback([options, &action] { action = [options] { return schedule(*options); }; });
}

}  // namespace sosw
