// StoreDesk: what people do.

#include <algorithm>

#include <fmt/format.h>

#include "admin/store_desk.h"
#include "admin/task_view.h"
#include "essentials/scheduler.h"

namespace sosw {
namespace {

constexpr std::size_t kBatch =
    1000;  // tasks in one small transaction, so that a running engine is not held up

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

std::string StoreDesk::what_became_of(std::span<const std::string> task_ids, const std::vector<bool>& done) {
  const Time now = parts_.clock.now();
  Json json = Json::array();
  for (std::size_t i = 0; i < done.size(); ++i) {
    const auto record = parts_.desk.find(task_ids[i]);
    json.push_back(
        {{"task_id", task_ids[i]},
         {"done", static_cast<bool>(done[i])},
         {"state", record ? view_of(*record, now, lapse_of(record->task.labourer_id)) : "unknown"}});
  }
  return to_text(json);
}

std::string StoreDesk::retry(std::span<const std::string> task_ids) {
  require_tasks(task_ids);
  return what_became_of(task_ids, parts_.desk.revive(task_ids, parts_.clock.now()));
}

/// Those dead at the start: one that dies again meanwhile is not brought back twice.
std::string StoreDesk::retry_dead(const std::string& labourer_id) {
  require_labourer(labourer_id);
  std::int64_t left = parts_.desk.count_closed(labourer_id).dead, revived = 0;
  while (left > 0) {
    const auto dead = parts_.desk.list({.labourer_id = labourer_id,
                                        .table = TaskRecord::Table::closed,
                                        .closed = TaskRecord::Closed::dead,
                                        .at_most = kBatch});
    std::vector<std::string> ids;
    ids.reserve(dead.size());
    for (const TaskRecord& record : dead) ids.push_back(record.task.task_id);
    const auto done = std::ranges::count(parts_.desk.revive(ids, parts_.clock.now()), true);
    if (done == 0) break;
    revived += done;
    left -= done;
  }
  return to_text({{"labourer_id", labourer_id}, {"revived", revived}});
}

std::string StoreDesk::cancel(std::span<const std::string> task_ids) {
  require_tasks(task_ids);
  return what_became_of(task_ids, parts_.desk.cancel(task_ids, parts_.clock.now()));
}

std::string StoreDesk::cancel_job(const std::string& id_or_beginning) {
  const Job job = find_job(id_or_beginning);
  const std::int64_t cancelled = parts_.jobs.cancel_job(job.job_id, parts_.clock.now()).value_or(0);
  return to_text({{"job_id", job.job_id}, {"cancelled", cancelled}});
}

std::string StoreDesk::schedule(const JsonText& event) {
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

}  // namespace sosw
