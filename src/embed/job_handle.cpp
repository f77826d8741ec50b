#include "sosw/embed/job_handle.h"

#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "embed/running_engine.h"

namespace sosw {
namespace {

constexpr std::size_t kRevivedAtOnce = 1000;  // tasks in one transaction

}  // namespace

JobProgress JobHandle::progress() const {
  const auto job = engine_->ask([&](LocalEngine& here) { return here.jobs.find_job(job_id_); });
  if (!job) throw Error(fmt::format("there is no job {}", job_id_));
  return job->progress;
}

bool JobHandle::wait(Seconds at_most) const { return engine_->wait_for_job(job_id_, at_most); }

std::vector<TaskRecord> JobHandle::closed(TaskRecord::Closed how, std::size_t at_most,
                                          const std::string& after) const {
  return engine_->ask([&](LocalEngine& here) {
    return here.admin.list({.job_id = job_id_,
                            .table = TaskRecord::Table::closed,
                            .closed = how,
                            .at_most = at_most,
                            .after = after});
  });
}

std::vector<TaskRecord> JobHandle::completed(std::size_t at_most, const std::string& after) const {
  return closed(TaskRecord::Closed::completed, at_most, after);
}

std::vector<TaskRecord> JobHandle::dead(std::size_t at_most, const std::string& after) const {
  return closed(TaskRecord::Closed::dead, at_most, after);
}

/// Page by page, so that one that dies again meanwhile is not revived twice.
std::size_t JobHandle::retry_dead() const {
  std::size_t revived = 0;
  for (std::string after;;) {
    const std::vector<TaskRecord> page = dead(kRevivedAtOnce, after);
    if (page.empty()) return revived;
    std::vector<std::string> ids;
    for (const TaskRecord& record : page) ids.push_back(record.task.task_id);
    after = ids.back();
    const auto done = engine_->ask([&](LocalEngine& here) {
      here.engine.wake(labourer_id_);
      return here.admin.revive(ids, here.clock.now());
    });
    revived += static_cast<std::size_t>(std::ranges::count(done, true));
  }
}

std::size_t JobHandle::cancel() const {
  const auto cancelled =
      engine_->ask([&](LocalEngine& here) { return here.jobs.cancel_job(job_id_, here.clock.now()); });
  return static_cast<std::size_t>(cancelled.value_or(0));
}

}  // namespace sosw
