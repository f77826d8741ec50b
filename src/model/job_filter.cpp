#include "sosw/model/job_filter.h"

namespace sosw {
namespace {

bool is_in(JobFilter::State state, const JobProgress& progress) {
  switch (state) {
    case JobFilter::State::open:
      return !progress.finished();
    case JobFilter::State::finished:
      return progress.finished();
    case JobFilter::State::failing:
      return progress.dead > 0;
    default:
      return true;
  }
}

}  // namespace

bool matches(const JobFilter& filter, const Job& job) {
  return (filter.labourer_id.empty() || job.labourer_id == filter.labourer_id) &&
         (!filter.from || job.created_at >= *filter.from) &&
         (!filter.until || job.created_at < *filter.until) && is_in(filter.state, job.progress) &&
         (filter.text.empty() || job.job_id.starts_with(filter.text) ||
          job.document.find(filter.text) != std::string::npos);
}

}  // namespace sosw
