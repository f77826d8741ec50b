#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sosw/model/task_id.h"
#include "sosw/ports/admin_store.h"
#include "sosw/ports/job_store.h"

namespace sosw {

/// Each written task is in one table only (I1, I9), and each job's progress is correct.
inline void expect_sound(JobStore& jobs, AdminStore& admin) {
  constexpr std::size_t kAllThereAre = std::numeric_limits<std::size_t>::max();
  for (const Job& job : jobs.list_jobs(kAllThereAre)) {
    std::vector<std::string> there, expected;
    JobProgress counted;
    for (const TaskRecord& one : admin.list({.job_id = job.job_id, .at_most = kAllThereAre})) {
      there.push_back(one.task.task_id);
      if (one.table != TaskRecord::Table::closed) continue;
      counted.completed += one.closed == TaskRecord::Closed::completed;
      counted.dead += one.closed == TaskRecord::Closed::dead;
      counted.cancelled += one.closed == TaskRecord::Closed::cancelled;
    }
    std::ranges::sort(there);
    for (std::int64_t index = 0; index < job.progress.scheduled; ++index)
      expected.push_back(task_id(job.job_id, index));
    EXPECT_EQ(there, expected);
    EXPECT_EQ(job.progress.completed, counted.completed) << job.job_id;
    EXPECT_EQ(job.progress.dead, counted.dead) << job.job_id;
    EXPECT_EQ(job.progress.cancelled, counted.cancelled) << job.job_id;
    EXPECT_EQ(job.progress.total.value_or(job.progress.scheduled), job.progress.scheduled) << job.job_id;
  }
}

}  // namespace sosw
