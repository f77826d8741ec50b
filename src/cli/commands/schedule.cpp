#include <fmt/format.h>

#include "sosw/essentials/scheduler.h"
#include "sosw/sqlite/sqlite_event_log.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/job_file.h"
#include "cli/output.h"

namespace sosw {
namespace {

struct ScheduleOptions {
  Location location;
  std::string job;
  bool json = false;
};

int schedule(const ScheduleOptions& options) {
  const Config config = require_config(options.location);
  const std::vector<JobAsked> asked = read_job_file(options.job, config.settings);
  SqliteStore store(store_file(options.location), SqliteStore::Open::create);
  SqliteEventLog events(store, "sosw schedule");
  SystemClock clock;
  SystemRandom random;
  Scheduler scheduler(config.settings, store, events, clock, random);
  std::vector<Job> accepted;
  for (const JobAsked& one : asked)
    for (Job& job : scheduler.accept(one.text)) accepted.push_back(std::move(job));
  while (!scheduler.idle()) scheduler.step();
  for (const Job& before : accepted) {
    const Job job = store.find_job(before.job_id).value_or(before);
    const bool known = before.progress.total.has_value();
    if (options.json)
      print_json({{"job_id", job.job_id},
                  {"labourer_id", job.labourer_id},
                  {"total", job.progress.total.value_or(job.progress.scheduled)},
                  {"known_before", known}});
    else
      print(fmt::format("job {}: {} for {}{}\n", job.job_id, counted(job.progress.scheduled, "task"),
                        job.labourer_id, known ? ", scheduled earlier by the same idempotency_key" : ""));
  }
  return 0;
}

}  // namespace

void add_schedule(CLI::App& app, Action& action) {
  auto options = std::make_shared<ScheduleOptions>();
  CLI::App* command =
      app.add_subcommand("schedule", "Cut a job into queued tasks, for a running engine or a later run");
  command->add_option("job", options->job, "The job, a JSON file (- for standard input)")
      ->type_name("JOB")
      ->required();
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw schedule job.json");
  command->callback([options, &action] { action = [options] { return schedule(*options); }; });
}

}  // namespace sosw
