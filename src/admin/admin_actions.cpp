// StoreAdminService: operators' actions.

#include <algorithm>

#include <fmt/format.h>

#include "admin/store_admin_service.h"
#include "admin/task_view.h"
#include "essentials/planned_job.h"
#include "essentials/scheduler.h"
#include "text/json_text.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::size_t kBatch =
    1000;  // tasks in one small transaction, so that a running engine is not blocked

constexpr std::size_t kSamples = 5;

/// The payloads of the first tasks, byte for byte.
std::string samples_of(Chunker& chunker) {
  std::vector<std::string> samples;
  std::string payload;
  while (samples.size() < kSamples && chunker.next_payload(payload)) samples.push_back(payload);
  return fmt::format("[{}]", fmt::join(samples, ","));
}

}  // namespace

std::string StoreAdminService::set_paused(const std::string& labourer_id, bool paused) {
  require_labourer(labourer_id);
  LabourerControl control = parts_.admin.controls()[labourer_id];
  const bool changed = control.paused != paused;
  control.paused = paused;
  if (changed) parts_.admin.set_control(labourer_id, control);
  return to_text({{"labourer_id", labourer_id}, {"paused", paused}, {"changed", changed}});
}

std::string StoreAdminService::set_limit(const std::string& labourer_id, std::optional<int> limit) {
  require_labourer(labourer_id);
  if (limit && *limit < 0)
    throw AdminError(AdminError::Kind::invalid,
                     fmt::format("limit: {} is no limit; give 0 or more, or none at all", *limit));
  LabourerControl control = parts_.admin.controls()[labourer_id];
  control.limit = limit;
  parts_.admin.set_control(labourer_id, control);
  return to_text({{"labourer_id", labourer_id}, {"limit", limit ? Json(*limit) : Json(nullptr)}});
}

std::string StoreAdminService::what_became_of(std::span<const std::string> task_ids,
                                              const std::vector<bool>& done) {
  const Time now = parts_.clock.now();
  Json json = Json::array();
  for (std::size_t i = 0; i < done.size(); ++i) {
    const auto record = parts_.admin.find(task_ids[i]);
    json.push_back({{"task_id", task_ids[i]},
                    {"done", static_cast<bool>(done[i])},
                    {"state", record ? view_of(*record, now, attempt_timeout_of(record->task.labourer_id))
                                     : "unknown"}});
  }
  return to_text(json);
}

std::string StoreAdminService::retry(std::span<const std::string> task_ids) {
  require_tasks(task_ids);
  return what_became_of(task_ids, parts_.admin.revive(task_ids, parts_.clock.now()));
}

/// Only those dead at the start: one that dies again meanwhile is not revived twice.
std::string StoreAdminService::retry_dead(const std::string& labourer_id) {
  require_labourer(labourer_id);
  const std::int64_t revived =
      revive_dead({.labourer_id = labourer_id}, parts_.admin.count_closed(labourer_id).dead);
  return to_text({{"labourer_id", labourer_id}, {"revived", revived}});
}

std::string StoreAdminService::retry_dead_of_job(const std::string& id_or_beginning) {
  const Job job = find_job(id_or_beginning);
  const std::int64_t revived =
      revive_dead({.labourer_id = job.labourer_id, .job_id = job.job_id}, job.progress.dead);
  return to_text({{"job_id", job.job_id}, {"revived", revived}});
}

std::int64_t StoreAdminService::revive_dead(const TaskFilter& which, std::int64_t left) {
  TaskFilter filter = which;
  filter.table = TaskRecord::Table::closed;
  filter.closed = TaskRecord::Closed::dead;
  filter.at_most = kBatch;
  std::int64_t revived = 0;
  while (left > 0) {
    const auto dead = parts_.admin.list(filter);
    std::vector<std::string> ids;
    ids.reserve(dead.size());
    for (const TaskRecord& record : dead) ids.push_back(record.task.task_id);
    const auto done = std::ranges::count(parts_.admin.revive(ids, parts_.clock.now()), true);
    if (done == 0) break;
    revived += done;
    left -= done;
  }
  return revived;
}

std::string StoreAdminService::cancel(std::span<const std::string> task_ids) {
  require_tasks(task_ids);
  return what_became_of(task_ids, parts_.admin.cancel(task_ids, parts_.clock.now()));
}

std::string StoreAdminService::cancel_job(const std::string& id_or_beginning) {
  const Job job = find_job(id_or_beginning);
  const std::int64_t cancelled = parts_.jobs.cancel_job(job.job_id, parts_.clock.now()).value_or(0);
  return to_text({{"job_id", job.job_id}, {"cancelled", cancelled}});
}

std::string StoreAdminService::schedule(const JsonText& event) {
  std::vector<PlannedJob> planned = plan_jobs(event, parts_.settings, parts_.clock.now(), parts_.random);
  std::vector<std::int64_t> totals;
  std::vector<std::vector<std::string>> warnings;
  for (const PlannedJob& one : planned) {
    totals.push_back(one.chunker.count());
    warnings.push_back(one.warnings);
  }
  Scheduler scheduler(parts_.settings, parts_.jobs, parts_.events, parts_.clock, parts_.random);
  const std::vector<AcceptedJob> accepted = scheduler.accept(std::move(planned));
  while (!parts_.beside_engine && !scheduler.idle()) scheduler.step();

  Json json = Json::array();
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    const auto& total = accepted[i].progress.total;
    json.push_back({{"job_id", accepted[i].job_id},
                    {"labourer_id", accepted[i].labourer_id},
                    {"total", total.value_or(totals[i])},
                    {"known_before", total.has_value() && !accepted[i].with_tasks},
                    {"warnings", warnings[i]}});
  }
  return to_text(json);
}

std::string StoreAdminService::plan(const JsonText& event) {
  std::vector<std::string> plans;
  for (PlannedJob& planned : plan_jobs(event, parts_.settings, parts_.clock.now(), parts_.random)) {
    const Job& job = planned.job;
    std::string text = to_text({{"labourer_id", job.labourer_id},
                                {"total", planned.chunker.count()},
                                {"priority", to_string(job.priority)},
                                {"run_at", job.run_at ? Json(*job.run_at) : Json(nullptr)},
                                {"known_before", parts_.jobs.find_job(job.job_id).has_value()},
                                {"warnings", planned.warnings}});
    add_member(text, "samples", samples_of(planned.chunker));
    plans.push_back(std::move(text));
  }
  return fmt::format("[{}]", fmt::join(plans, ","));
}

/// The key records the origin in the job; two simultaneous triggers are one job.
std::string StoreAdminService::trigger_rule(const std::string& name) {
  const auto rule = std::ranges::find(parts_.settings.rules, name, &Rule::name);
  if (rule == parts_.settings.rules.end()) {
    std::vector<std::string_view> names;
    for (const Rule& one : parts_.settings.rules) names.push_back(one.name);
    throw AdminError(AdminError::Kind::not_found,
                     fmt::format("there is no rule '{}'{}", name, did_you_mean(name, names)));
  }
  const std::string key = fmt::format("rule {} triggered at {:.3f}", name, parts_.clock.now().since_epoch());
  return schedule(with_member(JsonText(rule->job), "idempotency_key", encoded(key)));
}

}  // namespace sosw
