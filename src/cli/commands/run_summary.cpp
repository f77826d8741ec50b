#include "cli/commands/run_summary.h"

#include <set>

#include <fmt/format.h>

#include "admin/job_view.h"
#include "cli/human_text.h"
#include "cli/job_view.h"
#include "cli/output.h"
#include "cli/table.h"

namespace sosw {
namespace {

std::string dead_text(const RunSummary& summary, const std::string& flags) {
  std::string text = "\n";
  Table table({{"dead task"}, {"why"}});
  for (const TaskRecord& record : summary.dead)
    table.add({{record.task.task_id, Colour::red}, record.task.reason});
  text += table.render(output());
  const std::int64_t more = summary.dead_count() - static_cast<std::int64_t>(summary.dead.size());
  if (more > 0)
    text += fmt::format("... and {} more: sosw tasks --state dead{}\n", with_thousands(more), flags);
  std::set<std::string> labourers;
  for (const TaskRecord& record : summary.dead) labourers.insert(record.task.labourer_id);
  text += fmt::format("\nLook closer: sosw task {}{}\n", summary.dead.front().task.task_id, flags);
  for (const std::string& labourer : labourers)
    text += fmt::format("Try again:   sosw retry --dead {0}{1} && sosw run{1}\n", labourer, flags);
  return text;
}

Json jobs_json(const RunSummary& summary) {
  Json jobs = Json::array();
  for (const Job& job : summary.jobs) jobs.push_back(json_of(job));
  return jobs;
}

}  // namespace

std::int64_t RunSummary::dead_count() const {
  std::int64_t count = 0;
  for (const Job& job : jobs) count += job.progress.dead;
  return count;
}

std::string text_of(const RunSummary& summary, const std::string& flags, Time now) {
  std::string text = summary.jobs.empty() ? "nothing is open\n" : table_of(jobs_json(summary), now);
  if (summary.closed > 0)
    text += fmt::format("{} closed in {} ({})\n", counted(summary.closed, "task"), lasting(summary.took),
                        rate(static_cast<double>(summary.closed) / summary.took));
  if (!summary.dead.empty()) text += dead_text(summary, flags);
  return text;
}

Json json_of(const RunSummary& summary) {
  Json dead = Json::array();
  for (const TaskRecord& record : summary.dead)
    dead.push_back({{"task_id", record.task.task_id},
                    {"labourer_id", record.task.labourer_id},
                    {"reason", record.task.reason}});
  return {{"jobs", jobs_json(summary)},
          {"closed", summary.closed},
          {"seconds", summary.took},
          {"interrupted", summary.interrupted},
          {"dead_tasks", dead}};
}

}  // namespace sosw
