#include "admin/job_view.h"

namespace sosw {
namespace {

std::string_view state_of(const JobProgress& progress) {
  if (!progress.total) return "chunking";
  return progress.finished() ? "finished" : "open";
}

}  // namespace

std::int64_t total_of(const Job& job) { return job.progress.total.value_or(job.progress.scheduled); }

Json json_of(const Job& job) {
  return {{"job_id", job.job_id},
          {"labourer_id", job.labourer_id},
          {"state", state_of(job.progress)},
          {"created_at", job.created_at},
          {"run_at", job.run_at ? Json(*job.run_at) : Json(nullptr)},
          {"priority", to_string(job.priority)},
          {"total", total_of(job)},
          {"completed", job.progress.completed},
          {"dead", job.progress.dead},
          {"cancelled", job.progress.cancelled},
          {"open", total_of(job) - job.progress.closed()}};
}

}  // namespace sosw
