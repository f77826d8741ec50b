// StoreAdminService: reading labourers, jobs and rules.

#include "admin/store_admin_service.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "admin/job_view.h"
#include "model/decision.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::size_t kJobIdLength = 16;
constexpr std::size_t kShortestBeginning = 6;
constexpr std::size_t kMostCells = 1000;
constexpr std::size_t kJobsInStatus = 1000;
constexpr std::size_t kFinishedJobsInStatus = 5;

JobFilter::State job_state_from(const std::string& state) {
  constexpr std::array<std::string_view, 3> kKnown = {"open", "finished", "failing"};
  if (state.empty()) return JobFilter::State::any;
  const auto found = std::ranges::find(kKnown, state);
  if (found == kKnown.end())
    throw AdminError(AdminError::Kind::invalid,
                     fmt::format("state {}: must be one of {}{}", state, fmt::join(kKnown, ", "),
                                 did_you_mean(state, kKnown)));
  return static_cast<JobFilter::State>(found - kKnown.begin() + 1);
}

/// The open ones, and the last few others.
Json jobs_worth_showing(JobStore& store) {
  Json jobs = Json::array();
  std::size_t finished = 0;
  for (const Job& job : store.list_jobs(kJobsInStatus))
    if (!job.progress.finished() || finished++ < kFinishedJobsInStatus) jobs.push_back(json_of(job));
  return jobs;
}

std::string text_of(const Rule& rule, const RuleProgress* progress, Time now) {
  Json json = {{"name", rule.name},       {"schedule", rule.timing},
               {"enabled", rule.enabled}, {"missed", rule.missed == Rule::Missed::skip ? "skip" : "run_once"},
               {"last", nullptr},         {"next", nullptr}};
  const RuleProgress begun = progress ? *progress : RuleProgress{.since = now, .considered = now};
  if (begun.considered > begun.since) json["last"] = begun.considered;
  const auto next = rule.enabled ? rule.schedule.next_after(begun.considered, begun.since) : std::nullopt;
  if (next) json["next"] = *next;
  std::string text = to_text(json);
  add_member(text, "job", rule.job);
  return text;
}

}  // namespace

std::string StoreAdminService::status() {
  const auto engine = parts_.engine();
  const auto next_due = parts_.tasks.next_due();
  return to_text({{"engine", engine ? Json(*engine) : Json(nullptr)},
                  {"next_due", next_due ? Json(*next_due) : Json(nullptr)},
                  {"labourers", all_labourers(parts_.clock.now())},
                  {"jobs", jobs_worth_showing(parts_.jobs)}});
}

std::string StoreAdminService::labourers() { return to_text(all_labourers(parts_.clock.now())); }

std::string StoreAdminService::labourer(const std::string& id) {
  require_labourer(id);
  if (!parts_.beside_engine) parts_.ecology.refresh();
  return to_text(labourer_json(id, parts_.admin.controls()[id], parts_.clock.now()));
}

Json StoreAdminService::all_labourers(Time now) {
  if (!parts_.beside_engine) parts_.ecology.refresh();
  auto controls = parts_.admin.controls();
  Json all = Json::array();
  for (const std::string& id : labourer_ids()) all.push_back(labourer_json(id, controls[id], now));
  return all;
}

Json StoreAdminService::labourer_json(const std::string& id, const LabourerControl& control, Time now) {
  const auto known = parts_.settings.labourers.find(id);
  const bool configured = known != parts_.settings.labourers.end();
  const Labourer labourer = configured ? known->second : Labourer{.id = id};
  const TaskCounts counts = parts_.tasks.count(id, now, labourer.attempt_timeout());
  const AdminStore::Closed closed = parts_.admin.count_closed(id);
  const Condition condition = parts_.ecology.condition(labourer);
  const Allowance now_allowed = allowance(labourer, control, condition, parts_.settings.coefficients);
  return {{"labourer_id", id},
          {"configured", configured},
          {"queued", counts.queued},
          {"running", counts.running},
          {"overdue", counts.expired},
          {"waiting", counts.waiting},
          {"completed", closed.completed + counts.completed},
          {"dead", closed.dead},
          {"cancelled", closed.cancelled},
          {"limit", configured ? Json(now_allowed.limit) : Json(nullptr)},
          {"because", now_allowed.reason},
          {"health", static_cast<int>(condition.health)},
          {"health_name", to_string(condition.health)},
          {"health_reason", condition.reason},
          {"paused", control.paused},
          {"set_limit", control.limit ? Json(*control.limit) : Json(nullptr)}};
}

std::vector<std::string> StoreAdminService::labourer_ids() {
  std::set<std::string> ids;
  for (std::string& id : parts_.admin.labourer_ids()) ids.insert(std::move(id));
  for (const auto& [id, labourer] : parts_.settings.labourers) ids.insert(id);
  return {ids.begin(), ids.end()};
}

void StoreAdminService::require_labourer(const std::string& id) {
  const std::vector<std::string> ids = labourer_ids();
  if (std::ranges::find(ids, id) != ids.end()) return;
  const std::string hint = did_you_mean(id, std::vector<std::string_view>(ids.begin(), ids.end()));
  throw AdminError(AdminError::Kind::not_found,
                   fmt::format("there is no labourer '{}'{}", id,
                               hint.empty() ? fmt::format("; known are {}", fmt::join(ids, ", ")) : hint));
}

std::string StoreAdminService::jobs(const JobQuery& query) {
  if (!query.labourer_id.empty()) require_labourer(query.labourer_id);
  if (!query.after.empty() && !parts_.jobs.find_job(query.after))
    throw AdminError(AdminError::Kind::invalid, fmt::format("after: there is no job {}", query.after));
  Json page = Json::array();
  for (const Job& job : parts_.jobs.find_jobs({.labourer_id = query.labourer_id,
                        .state = job_state_from(query.state),
                        .from = query.from,
                        .until = query.until,
                        .text = query.text,
                        .after = query.after,
                        .at_most = query.at_most}))
    page.push_back(json_of(job));
  return to_text(page);
}

std::string StoreAdminService::cells(const std::string& job_id, std::size_t at_most) {
  if (at_most < 1 || at_most > kMostCells)
    throw AdminError(AdminError::Kind::invalid, fmt::format("cells: must be from 1 to {}", kMostCells));
  const Job job = find_job(job_id);
  const auto found = parts_.admin.cells(job.job_id, at_most, parts_.clock.now());
  const JobCells seen = found.value_or(JobCells{.tasks = job.progress.scheduled});
  Json cells = found ? Json::array() : Json(nullptr);
  for (const JobCells::Cell& cell : seen.cells)
    cells.push_back({cell.queued, cell.running, cell.waiting, cell.completed, cell.dead, cell.cancelled});
  return to_text({{"job_id", job.job_id},
                  {"tasks", seen.tasks},
                  {"cell_size", seen.cell_size},
                  {"exact", seen.exact},
                  {"cells", std::move(cells)}});
}

std::string StoreAdminService::job(const std::string& id_or_beginning, bool with_document) {
  const Job job = find_job(id_or_beginning);
  std::string text = to_text(json_of(job));
  if (with_document) add_member(text, "document", job.document);
  return text;
}

Job StoreAdminService::find_job(const std::string& id_or_beginning) {
  if (auto job = parts_.jobs.find_job(id_or_beginning)) return std::move(*job);
  std::vector<Job> found;
  if (id_or_beginning.size() >= kShortestBeginning && id_or_beginning.size() < kJobIdLength)
    for (Job& job : parts_.jobs.list_jobs(JobStore::kSearched))
      if (job.job_id.starts_with(id_or_beginning)) found.push_back(std::move(job));
  if (found.size() == 1) return std::move(found.front());
  if (found.empty())
    throw AdminError(AdminError::Kind::not_found,
                     fmt::format("there is no job {}; `sosw jobs` lists them", id_or_beginning));
  throw AdminError(AdminError::Kind::ambiguous,
                   fmt::format("{} jobs begin with {}; give more of the id", found.size(), id_or_beginning));
}

std::string StoreAdminService::rules() {
  return rules_text(parts_.settings,
                    parts_.rules ? parts_.rules->rule_progress() : std::vector<RuleProgress>(),
                    parts_.clock.now());
}

std::string rules_text(const Settings& settings, std::span<const RuleProgress> known, Time now) {
  std::vector<std::string> rules;
  for (const Rule& rule : settings.rules) {
    const auto progress = std::ranges::find_if(
        known, [&](const RuleProgress& one) { return one.name == rule.name && one.timing == rule.timing; });
    rules.push_back(text_of(rule, progress == known.end() ? nullptr : &*progress, now));
  }
  return fmt::format("[{}]", fmt::join(rules, ","));
}

}  // namespace sosw
