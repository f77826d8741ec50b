#include "api/activity.h"

#include <algorithm>
#include <cmath>

#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr std::size_t kLabourers = 1000;
constexpr Seconds kMinute = 60;

std::int64_t minute_of(Time time) {
  return static_cast<std::int64_t>(std::floor(time.since_epoch() / kMinute));
}

bool is_failure(TaskAction action) {
  return action == TaskAction::scheduled_for_retry || action == TaskAction::archived_dead;
}

Json json_of(const TaskEvent& failure) {
  const Json details = json_or_discarded(failure.details);
  const auto reason = details.is_object() ? details.find("reason") : details.end();
  return {{"task_id", failure.task_id},
          {"labourer_id", failure.labourer_id},
          {"at", failure.created_at},
          {"dead", failure.action == TaskAction::archived_dead},
          {"reason", reason != details.end() && reason->is_string() ? *reason : Json("")}};
}

}  // namespace

void Activity::Hour::forget_before(std::int64_t minute) {
  if (minute <= newest) return;
  const std::int64_t first = std::max(newest + 1, minute - static_cast<std::int64_t>(kMinutes) + 1);
  for (std::int64_t m = first; m <= minute; ++m) minutes[static_cast<std::size_t>(m) % kMinutes] = {};
  newest = minute;
}

/// Null for a minute that is older than an hour.
Activity::Counts* Activity::Hour::at(std::int64_t minute) {
  forget_before(minute);
  if (minute < 0 || minute + static_cast<std::int64_t>(kMinutes) <= newest) return nullptr;
  return &minutes[static_cast<std::size_t>(minute) % kMinutes];
}

void Activity::happened(std::span<const TaskEvent> events) {
  const std::lock_guard lock(mutex_);
  auto hour = hours_.end();
  for (const TaskEvent& event : events) {
    if (hour == hours_.end() || hour->first != event.labourer_id) {
      hour = hours_.find(event.labourer_id);
      if (hour == hours_.end()) {
        if (hours_.size() >= kLabourers) continue;
        hour = hours_.emplace(event.labourer_id, Hour{}).first;
      }
    }
    Counts* counts = hour->second.at(minute_of(event.created_at));
    if (!counts) continue;
    switch (event.action) {
      case TaskAction::invoked:
        ++counts->started;
        break;
      case TaskAction::archived:
        ++counts->completed;
        break;
      case TaskAction::archived_dead:
        ++counts->dead;
        [[fallthrough]];
      case TaskAction::scheduled_for_retry:
        ++counts->failed;
        break;
      default:
        break;
    }
  }
  const auto failures = std::ranges::count_if(events, is_failure, &TaskEvent::action);
  auto left_out = std::max<std::int64_t>(0, failures - static_cast<std::int64_t>(kFailures));
  for (const TaskEvent& event : events)
    if (is_failure(event.action) && left_out-- <= 0) note_failure(event);
}

void Activity::note_failure(const TaskEvent& failure) {
  failures_.push_front(failure);
  if (failures_.size() > kFailures) failures_.pop_back();
}

std::string Activity::text() {
  const std::int64_t newest = minute_of(clock_.now());
  const std::lock_guard lock(mutex_);
  Json labourers = Json::array();
  for (auto& [id, hour] : hours_) {
    hour.forget_before(newest);
    Json started = Json::array(), completed = Json::array(), failed = Json::array(), dead = Json::array();
    bool idle = true;
    for (std::int64_t m = newest - static_cast<std::int64_t>(kMinutes) + 1; m <= newest; ++m) {
      const Counts* counts = hour.at(m);
      const Counts in_minute = counts ? *counts : Counts();
      started.push_back(in_minute.started);
      completed.push_back(in_minute.completed);
      failed.push_back(in_minute.failed);
      dead.push_back(in_minute.dead);
      idle = idle && in_minute.started + in_minute.completed + in_minute.failed == 0;
    }
    if (!idle)
      labourers.push_back({{"labourer_id", id},
                           {"started", std::move(started)},
                           {"completed", std::move(completed)},
                           {"failed", std::move(failed)},
                           {"dead", std::move(dead)}});
  }
  Json failures = Json::array();
  for (const TaskEvent& failure : failures_) failures.push_back(json_of(failure));
  return to_text({{"since", since_},
                  {"until", static_cast<double>(newest + 1) * kMinute},
                  {"labourers", std::move(labourers)},
                  {"failures", std::move(failures)}});
}

}  // namespace sosw
