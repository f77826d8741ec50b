// StoreDesk: what people do.

#include <algorithm>

#include <fmt/format.h>

#include "admin/store_desk.h"
#include "essentials/scheduler.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::size_t kBatch =
    1000;  // tasks in one small transaction, so that a running engine is not held up

constexpr std::size_t kSamples = 5;

/// What became of each task that was named.
std::string report_each(std::span<const std::string> task_ids, const std::vector<bool>& done) {
  Json json = Json::array();
  for (std::size_t i = 0; i < done.size(); ++i)
    json.push_back({{"task_id", task_ids[i]}, {"done", static_cast<bool>(done[i])}});
  return to_text(json);
}

/// The payloads of the first tasks, as their bytes are.
std::string samples_of(Chunker& chunker) {
  std::vector<std::string> samples;
  std::string payload;
  while (samples.size() < kSamples && chunker.next_payload(payload)) samples.push_back(payload);
  return fmt::format("[{}]", fmt::join(samples, ","));
}

}  // namespace

std::string StoreDesk::set_paused(const std::string& labourer_id, bool paused) {
  require_labourer(labourer_id);
  LabourerControl control = parts_.desk.controls()[labourer_id];
  const bool changed = control.paused != paused;
  control.paused = paused;
  if (changed) parts_.desk.set_control(labourer_id, control);
  return to_text({{"labourer_id", labourer_id}, {"paused", paused}, {"changed", changed}});
}

std::string StoreDesk::set_limit(const std::string& labourer_id, std::optional<int> limit) {
  require_labourer(labourer_id);
  if (limit && *limit < 0)
    throw DeskError(DeskError::Kind::invalid,
                    fmt::format("limit: {} is no limit; give 0 or more, or none at all", *limit));
  LabourerControl control = parts_.desk.controls()[labourer_id];
  control.limit = limit;
  parts_.desk.set_control(labourer_id, control);
  return to_text({{"labourer_id", labourer_id}, {"limit", limit ? Json(*limit) : Json(nullptr)}});
}

std::string StoreDesk::retry(std::span<const std::string> task_ids) {
  require_tasks(task_ids);
  return report_each(task_ids, parts_.desk.revive(task_ids, parts_.clock.now()));
}

/// Those dead at the start: one that dies again meanwhile is not brought back twice.
std::string StoreDesk::retry_dead(const std::string& labourer_id) {
  require_labourer(labourer_id);
  const std::int64_t revived =
      revive_dead({.labourer_id = labourer_id}, parts_.desk.count_closed(labourer_id).dead);
  return to_text({{"labourer_id", labourer_id}, {"revived", revived}});
}

std::string StoreDesk::retry_dead_of_job(const std::string& id_or_beginning) {
  const Job job = find_job(id_or_beginning);
  const std::int64_t revived =
      revive_dead({.labourer_id = job.labourer_id, .job_id = job.job_id}, job.progress.dead);
  return to_text({{"job_id", job.job_id}, {"revived", revived}});
}

std::int64_t StoreDesk::revive_dead(const TaskFilter& which, std::int64_t left) {
  TaskFilter filter = which;
  filter.table = TaskRecord::Table::closed;
  filter.closed = TaskRecord::Closed::dead;
  filter.at_most = kBatch;
  std::int64_t revived = 0;
  while (left > 0) {
    const auto dead = parts_.desk.list(filter);
    std::vector<std::string> ids;
    ids.reserve(dead.size());
    for (const TaskRecord& record : dead) ids.push_back(record.task.task_id);
    const auto done = std::ranges::count(parts_.desk.revive(ids, parts_.clock.now()), true);
    if (done == 0) break;
    revived += done;
    left -= done;
  }
  return revived;
}

std::string StoreDesk::cancel(std::span<const std::string> task_ids) {
  require_tasks(task_ids);
  return report_each(task_ids, parts_.desk.cancel(task_ids, parts_.clock.now()));
}

std::string StoreDesk::cancel_job(const std::string& id_or_beginning) {
  const Job job = find_job(id_or_beginning);
  const std::int64_t cancelled = parts_.jobs.cancel_job(job.job_id, parts_.clock.now()).value_or(0);
  return to_text({{"job_id", job.job_id}, {"cancelled", cancelled}});
}

std::string StoreDesk::schedule(std::string_view event) {
  std::vector<PlannedJob> planned = plan_jobs(event, parts_.settings, parts_.clock.now(), parts_.random);
  std::vector<std::int64_t> totals;
  totals.reserve(planned.size());
  for (const PlannedJob& one : planned) totals.push_back(one.chunker.count());
  Scheduler scheduler(parts_.settings, parts_.jobs, parts_.events, parts_.clock, parts_.random);
  const std::vector<AcceptedJob> accepted = scheduler.accept(std::move(planned));
  while (!parts_.beside_engine && !scheduler.idle()) scheduler.step();

  Json json = Json::array();
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    const auto& total = accepted[i].progress.total;
    json.push_back({{"job_id", accepted[i].job_id},
                    {"labourer_id", accepted[i].labourer_id},
                    {"total", total.value_or(totals[i])},
                    {"known_before", total.has_value() && !accepted[i].with_tasks}});
  }
  return to_text(json);
}

std::string StoreDesk::plan(std::string_view event) {
  std::vector<std::string> plans;
  for (auto& [job, chunker] : plan_jobs(event, parts_.settings, parts_.clock.now(), parts_.random)) {
    std::string text = to_text({{"labourer_id", job.labourer_id},
                                {"total", chunker.count()},
                                {"priority", to_string(job.priority)},
                                {"run_at", job.run_at ? Json(*job.run_at) : Json(nullptr)},
                                {"known_before", parts_.jobs.find_job(job.job_id).has_value()}});
    text.pop_back();
    plans.push_back(fmt::format("{},\"samples\":{}}}", text, samples_of(chunker)));
  }
  return fmt::format("[{}]", fmt::join(plans, ","));
}

/// The key tells in the job where it is from; triggered twice at once it is one job.
std::string StoreDesk::trigger_rule(const std::string& name) {
  const auto rule = std::ranges::find(parts_.settings.rules, name, &Rule::name);
  if (rule == parts_.settings.rules.end()) {
    std::vector<std::string_view> names;
    for (const Rule& one : parts_.settings.rules) names.push_back(one.name);
    throw DeskError(DeskError::Kind::not_found,
                    fmt::format("there is no rule '{}'{}", name, did_you_mean(name, names)));
  }
  Json job = Json::parse(rule->job);
  job["idempotency_key"] = fmt::format("rule {} triggered at {:.3f}", name, parts_.clock.now());
  return schedule(to_text(job));
}

}  // namespace sosw
