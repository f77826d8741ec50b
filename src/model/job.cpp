#include "sosw/model/job.h"

#include "sosw/model/task_id.h"

namespace sosw {

void JobProgress::count(TaskRecord::Closed as, std::int64_t tasks) {
  switch (as) {
    case TaskRecord::Closed::completed:
      completed += tasks;
      break;
    case TaskRecord::Closed::dead:
      dead += tasks;
      break;
    case TaskRecord::Closed::cancelled:
      cancelled += tasks;
      break;
  }
}

void JobProgress::append(std::int64_t tasks, bool last) {
  scheduled += tasks;
  if (last) total = scheduled;
}

TaskRecord new_task(const Job& job, std::int64_t index, const std::string& payload, std::int64_t greenfield,
                    Time now) {
  TaskRecord record{.task = {.task_id = task_id(job.job_id, index),
                             .labourer_id = job.labourer_id,
                             .created_at = now,
                             .payload = payload}};
  if (begins_later(job, now)) return waiting_until(*job.run_at, std::move(record));
  return queued_at(greenfield, std::move(record));
}

bool begins_later(const Job& job, Time now) { return job.run_at && *job.run_at > now; }

}  // namespace sosw
