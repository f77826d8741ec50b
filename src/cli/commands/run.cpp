#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "admin/job_view.h"
#include "cli/commands/command.h"
#include "cli/commands/run_summary.h"
#include "cli/human_text.h"
#include "cli/job_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "config/text_file.h"
#include "local/completion_notifier_thread.h"
#include "local/local_engine.h"
#include "system/stop_signals.h"

namespace sosw {
namespace {

constexpr std::size_t kDeadShown = 10;
constexpr std::size_t kJobsSearched = 1000;  // the newest jobs, when looking for one to continue
constexpr double kShareOfLooking = 0.05;     // of the engine's time, for reading the progress
constexpr int kInterrupted = 130;            // as shells report Ctrl-C

struct RunOptions {
  Location location;
  std::string job;  ///< a file, "-", or empty: continue open jobs
  bool json = false;
  bool verbose = false;
};

std::string command_to_go_on(const RunOptions& options) {
  const bool has_file = !options.job.empty() && options.job != "-";
  return fmt::format("sosw run{}{}", has_file ? " " + options.job : "", flags_of(options.location));
}

std::vector<Job> open_jobs(JobStore& store) {
  std::vector<Job> jobs = store.list_jobs(kJobsSearched);
  std::erase_if(jobs, [](const Job& job) { return job.progress.finished(); });
  return jobs;
}

/// All open jobs that can be processed with this configuration.
void watch_open_jobs(LocalEngine& here, JobWatch& watch) {
  for (const Job& job : open_jobs(here.jobs))
    if (here.settings.labourers.contains(job.labourer_id)) watch.add(job.job_id);
}

/// A known unfinished job is continued, not scheduled again: this is how an interrupted run resumes.
void watch_asked_jobs(LocalEngine& here, std::vector<PlannedJob> asked, JobWatch& watch) {
  const std::vector<Job> open = open_jobs(here.jobs);
  std::vector<PlannedJob> fresh;
  for (PlannedJob& one : asked) {
    const auto known = std::ranges::find_if(open, [&](const Job& job) {
      return job.document == one.job.document && job.labourer_id == one.job.labourer_id;
    });
    if (known == open.end()) {
      fresh.push_back(std::move(one));
      continue;
    }
    fmt::print(stderr, "job {} is continued: {} of {} tasks are closed\n", known->job_id,
               with_thousands(known->progress.closed()), with_thousands(total_of(*known)));
    watch.add(known->job_id);
  }
  for (const Job& job : here.engine.scheduler().accept(std::move(fresh))) watch.add(job.job_id);
}

void warn_of_what_can_not_run(LocalEngine& here, const Config& config, const JobWatch& watch) {
  const auto missing = missing_programs(config);
  const auto controls = here.admin.controls();
  for (const Job& job : watch.jobs()) {
    const std::string& id = job.labourer_id;
    if (job.progress.finished()) continue;
    if (!config.settings.labourers.contains(id))
      spdlog::warn("job {} is for the labourer '{}', which is not configured: its tasks stay where they are",
                   job.job_id, id);
    if (const auto problem = missing.find(id); problem != missing.end())
      spdlog::warn("labourers.{}: {}", id, problem->second);
    if (std::ranges::find(config.on_aws, id) != config.on_aws.end())
      spdlog::warn("{} runs on AWS Lambda, whose reports only `sosw up` takes: its tasks stay running", id);
    if (const auto control = controls.find(id); control != controls.end() && control->second.paused)
      spdlog::warn("{0} is paused: `sosw resume {0}` lets it go on", id);
  }
}

/// Runs the engine until the jobs are closed or the user stops it.
void work(LocalEngine& here, JobWatch& watch, bool everything, ProgressDisplay& display) {
  Time next_look;
  here.engine.run([&] {
    here.require_no_fault();
    const Time began = here.clock.now();
    if (began < next_look) return true;
    JobsSnapshot snapshot = watch.look(began);
    if (snapshot.finished && everything) {
      watch_open_jobs(here, watch);  // some may have been scheduled meanwhile
      snapshot = watch.look(began);
    }
    for (const auto& [id, problem] : here.engine.orchestrator().refusals())
      if (snapshot.labourers.contains(id))
        snapshot.problem = fmt::format("{} can't be invoked: {}", id, problem);
    display.update(snapshot, began);
    const Time ended = here.clock.now();
    next_look = ended + (ended - began) / kShareOfLooking;
    return !snapshot.finished;
  });
}

/// Sends the notifications of finished jobs. Returns whether nothing more is to be done: a labourer that
/// on_complete calls has a job then.
bool notify_of_completion(CompletionNotifierThread& notifier, const StoreLocation& store_location,
                          LocalEngine& here, JobWatch& watch) {
  notifier.stop();
  ConnectedCompletionNotifier(store_location, here.settings).run();
  for (const Job& job : watch.jobs())
    if (const auto id = follow_up_of(job); id && here.jobs.find_job(*id)) watch.add(*id);
  return watch.look(here.clock.now()).finished;
}

void let_workers_finish(LocalEngine& here, StatusLine& line, Time now) {
  std::int64_t running = 0;
  for (const auto& [id, labourer] : here.settings.labourers)
    running += here.tasks.count(id, now, labourer.attempt_timeout()).running;
  line.clear();
  line.print(fmt::format("stopping: {} may finish ({} s; Ctrl-C again to kill them)",
                         counted(running, "worker"), kGrace));
  here.let_workers_finish(kGrace);
}

/// The first few dead tasks of the jobs.
std::vector<TaskRecord> dead_tasks(AdminStore& admin, const std::vector<Job>& jobs) {
  std::vector<TaskRecord> dead;
  for (const Job& job : jobs) {
    if (job.progress.dead == 0 || dead.size() >= kDeadShown) continue;
    for (TaskRecord& record : admin.list({.job_id = job.job_id,
                              .table = TaskRecord::Table::closed,
                              .closed = TaskRecord::Closed::dead,
                              .at_most = kDeadShown - dead.size()}))
      dead.push_back(std::move(record));
  }
  return dead;
}

int report(const RunOptions& options, const RunSummary& summary, Time now) {
  options.json ? print_json(json_of(summary)) : print(text_of(summary, flags_of(options.location), now));
  if (summary.interrupted) {
    fmt::print(stderr, "sosw: stopped; `{}` goes on\n", command_to_go_on(options));
    return kInterrupted;
  }
  return summary.dead_count() > 0 ? 1 : 0;
}

int run(const RunOptions& options) {
  const auto line = log_to_stderr(options.verbose ? spdlog::level::info : spdlog::level::warn);
  const Config config = require_config(options.location);
  const bool everything = options.job.empty();
  auto asked = everything ? std::vector<PlannedJob>()
                          : plan_job_file(options.job, read_job_file(options.job), config.settings);

  for (const PlannedJob& one : asked)
    for (const std::string& warning : one.warnings) spdlog::warn("{}: {}", name_of(options.job), warning);

  const StoreLocation store_location = locate_store(options.location, config);
  const HeldSignals held_signals;
  LocalEngine here(config, store_location);
  line->never_wait();
  std::atomic<bool> interrupted = false;
  const StopSignals signals(
      [&] {
        interrupted = true;
        here.engine.stop();
      },
      [&] {
        // The supervisor kills all workers when this process is gone.
        line->clear();
        line->print(fmt::format("sosw: killed; `{}` goes on", command_to_go_on(options)));
        line->flush();
        _exit(kInterrupted);
      });
  here.engine.take_over();
  JobWatch watch(here.jobs, here.tasks, here.settings);
  everything ? watch_open_jobs(here, watch) : watch_asked_jobs(here, std::move(asked), watch);
  warn_of_what_can_not_run(here, config, watch);

  const Time started = here.clock.now();
  const std::int64_t closed_before = watch.look(started).progress.closed();
  ProgressDisplay display(*line, started);
  CompletionNotifierThread notifier(store_location, here.settings);
  do work(here, watch, everything, display);
  while (!interrupted && !notify_of_completion(notifier, store_location, here, watch));
  if (interrupted) let_workers_finish(here, *line, here.clock.now());
  line->clear();

  RunSummary summary{.jobs = watch.jobs(),
                     .took = here.clock.now() - started,
                     .interrupted = interrupted && !watch.look(here.clock.now()).finished};
  summary.closed = watch.look(here.clock.now()).progress.closed() - closed_before;
  summary.dead = dead_tasks(here.admin, summary.jobs);
  line->flush();
  return report(options, summary, here.clock.now());
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Run a job until all of its tasks are closed");
  command
      ->add_option(
          "job", options->job,
          "The job, a JSON file (- for standard input, s3://BUCKET/KEY); without one, all that is open")
      ->type_name("JOB");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->add_flag("-v,--verbose", options->verbose, "Log what happens");
  command->footer(
      "Ends with 0 when all tasks completed, 1 when some are dead, 2 for bad input, 130 when it was "
      "stopped.\n"
      "A job that was stopped is continued when it is run again.\n\n"
      "Example: sosw run job.json -c sosw.yaml");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace sosw
