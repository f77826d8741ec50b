#include "cli/job_view.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"

namespace sosw {
namespace {

constexpr std::size_t kIdLength = 16;
constexpr std::size_t kShortestPrefix = 6;
constexpr std::size_t kJobsSearched = 10'000;

}  // namespace

std::int64_t total_of(const Job& job) { return job.progress.total.value_or(job.progress.scheduled); }

std::string_view state_of(const Job& job) {
  if (!job.progress.total) return "cutting";
  return job.progress.finished() ? "finished" : "open";
}

Json json_of(const Job& job) {
  return {{"job_id", job.job_id},
          {"labourer_id", job.labourer_id},
          {"state", state_of(job)},
          {"created_at", job.created_at},
          {"run_at", job.run_at ? Json(*job.run_at) : Json(nullptr)},
          {"priority", to_string(job.priority)},
          {"total", total_of(job)},
          {"completed", job.progress.completed},
          {"dead", job.progress.dead},
          {"cancelled", job.progress.cancelled},
          {"open", total_of(job) - job.progress.closed()}};
}

std::string table_of(const std::vector<Job>& jobs, Time now) {
  using enum Table::Side;
  Table table({{"job"},
               {"labourer"},
               {"state"},
               {"total", right},
               {"completed", right},
               {"dead", right},
               {"cancelled", right},
               {"scheduled"}});
  for (const Job& job : jobs)
    table.add({job.job_id,
               job.labourer_id,
               {std::string(state_of(job)), job.progress.finished() ? Colour::faint : Colour::none},
               number_cell(total_of(job)),
               number_cell(job.progress.completed, Colour::green),
               number_cell(job.progress.dead, Colour::red),
               number_cell(job.progress.cancelled, Colour::yellow),
               distance(job.created_at, now)});
  return table.render(output());
}

Job find_job(JobStore& store, const std::string& id_or_prefix) {
  if (auto job = store.find_job(id_or_prefix)) return std::move(*job);
  std::vector<Job> found;
  if (id_or_prefix.size() >= kShortestPrefix && id_or_prefix.size() < kIdLength)
    for (Job& job : store.list_jobs(kJobsSearched))
      if (job.job_id.starts_with(id_or_prefix)) found.push_back(std::move(job));
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) throw Error(fmt::format("there is no job {}; `sosw jobs` lists them", id_or_prefix));
  throw Error(fmt::format("{} jobs begin with {}; give more of the id", found.size(), id_or_prefix));
}

}  // namespace sosw
