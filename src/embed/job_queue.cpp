#include "sosw/embed/job_queue.h"

#include <utility>

#include <fmt/format.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "embed/queue_config.h"
#include "embed/running_engine.h"
#include "essentials/planned_job.h"
#include "job/job_json.h"
#include "job/payload_list.h"
#include "job/period.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {
namespace {

std::unique_ptr<RunningEngine> start(JobQueueConfig wanted) {
  Config config = config_of(wanted);
  const std::size_t threads = threads_of(wanted, config.settings);
  const StoreLocation store_location = wanted.open_store ? StoreLocation{.own = std::move(wanted.open_store)}
                                                         : store_place_of(wanted.store, config.tables);
  return std::make_unique<RunningEngine>(std::move(config), store_location, std::move(wanted.functions),
                                         threads);
}

const Labourer& find_labourer(const Settings& settings, const std::string& id) {
  const auto found = settings.labourers.find(id);
  if (found == settings.labourers.end()) throw Error(fmt::format("there is no labourer '{}'", id));
  return found->second;
}

PlannedJob plan_payloads(const std::string& labourer_id, const std::vector<std::string>& payloads,
                         const SubmitOptions& options, const Settings& settings) {
  if (!settings.labourers.contains(labourer_id))
    throw InvalidJob(fmt::format("there is no labourer '{}'", labourer_id));
  if (!(options.delay >= 0)) throw InvalidJob("delay: must be a number of seconds from 0");
  const JobSchema schema = JobSchema::of_payloads();
  const JsonText document = list_payloads(payloads);
  const Time now = SystemClock().now();
  Job job{.labourer_id = labourer_id,
          .document = document.text(),
          .schema = schema.to_json(),
          .today = utc_date(now),
          .priority = options.priority,
          .created_at = now};
  if (options.delay > 0) job.run_at = now + options.delay;
  job.job_id = options.idempotency_key.empty() ? job_id_from(SystemRandom().next())
                                               : keyed_job_id(labourer_id, options.idempotency_key);
  return {job, Chunker(document, schema, job.today, labourer_id)};
}

std::vector<AcceptedJob> accept(RunningEngine& engine, std::vector<PlannedJob> planned) {
  return engine.tell([&](LocalEngine& here) { return here.engine.scheduler().accept(std::move(planned)); });
}

void set_paused(RunningEngine& engine, const std::string& labourer_id, bool paused) {
  find_labourer(engine.settings(), labourer_id);
  engine.ask([&](LocalEngine& here) {
    LabourerControl control = here.admin.controls()[labourer_id];
    control.paused = paused;
    here.admin.set_control(labourer_id, control);
    here.engine.wake(labourer_id);
  });
}

}  // namespace

JobQueue::JobQueue(JobQueueConfig config) : engine_(start(std::move(config))) {}

JobQueue::~JobQueue() = default;

JobHandle JobQueue::submit(const std::string& labourer_id, const std::vector<std::string>& payloads,
                           const SubmitOptions& options) {
  std::vector<PlannedJob> planned;
  planned.push_back(plan_payloads(labourer_id, payloads, options, engine_->settings()));
  const Job job = accept(*engine_, std::move(planned)).front();
  return {*engine_, job.job_id, job.labourer_id};
}

std::vector<JobHandle> JobQueue::submit(std::string_view job) {
  SystemRandom random;
  std::vector<JobHandle> handles;
  for (const Job& one :
       accept(*engine_, plan_jobs(job_json(job), engine_->settings(), SystemClock().now(), random)))
    handles.push_back(JobHandle(*engine_, one.job_id, one.labourer_id));
  return handles;
}

JobHandle JobQueue::job(const std::string& job_id) {
  const auto job = engine_->ask([&](LocalEngine& here) { return here.jobs.find_job(job_id); });
  if (!job) throw Error(fmt::format("there is no job {}", job_id));
  return {*engine_, job->job_id, job->labourer_id};
}

std::vector<Job> JobQueue::jobs(std::size_t at_most) {
  return engine_->ask([&](LocalEngine& here) { return here.jobs.list_jobs(at_most); });
}

TaskCounts JobQueue::counts(const std::string& labourer_id) {
  const Labourer& labourer = find_labourer(engine_->settings(), labourer_id);
  return engine_->ask([&](LocalEngine& here) {
    return here.tasks.count(labourer_id, here.clock.now(), labourer.attempt_timeout());
  });
}

std::optional<TaskRecord> JobQueue::task(const std::string& task_id) {
  return engine_->ask([&](LocalEngine& here) { return here.admin.find(task_id); });
}

std::vector<TaskRecord> JobQueue::tasks(const TaskFilter& filter) {
  return engine_->ask([&](LocalEngine& here) { return here.admin.list(filter); });
}

std::vector<bool> JobQueue::retry(const std::vector<std::string>& task_ids) {
  return engine_->ask([&](LocalEngine& here) {
    for (const auto& [id, labourer] : here.settings.labourers) here.engine.wake(id);
    return here.admin.revive(task_ids, here.clock.now());
  });
}

std::vector<bool> JobQueue::cancel(const std::vector<std::string>& task_ids) {
  return engine_->ask([&](LocalEngine& here) { return here.admin.cancel(task_ids, here.clock.now()); });
}

void JobQueue::pause(const std::string& labourer_id) { set_paused(*engine_, labourer_id, true); }

void JobQueue::resume(const std::string& labourer_id) { set_paused(*engine_, labourer_id, false); }

void JobQueue::stop(Seconds grace) { engine_->stop(grace); }

}  // namespace sosw
