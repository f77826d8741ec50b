// StoreDesk: what people see of labourers, jobs and rules.

#include "admin/store_desk.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "admin/job_view.h"
#include "model/decision.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::size_t kJobIdLength = 16;
constexpr std::size_t kShortestBeginning = 6;
constexpr std::size_t kJobsSearched = 10'000;
constexpr std::size_t kJobsInStatus = 1000;
constexpr std::size_t kFinishedJobsInStatus = 5;

/// Those that are open, and the last few that are not.
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

std::string StoreDesk::status() {
  const auto engine = parts_.engine();
  const auto next_due = parts_.tasks.next_due();
  return to_text({{"engine", engine ? Json(*engine) : Json(nullptr)},
                  {"next_due", next_due ? Json(*next_due) : Json(nullptr)},
                  {"labourers", all_labourers(parts_.clock.now())},
                  {"jobs", jobs_worth_showing(parts_.jobs)}});
}

std::string StoreDesk::labourers() { return to_text(all_labourers(parts_.clock.now())); }

std::string StoreDesk::labourer(const std::string& id) {
  require_labourer(id);
  if (!parts_.beside_engine) parts_.ecology.refresh();
  return to_text(labourer_json(id, parts_.desk.controls()[id], parts_.clock.now()));
}

Json StoreDesk::all_labourers(Time now) {
  if (!parts_.beside_engine) parts_.ecology.refresh();
  auto controls = parts_.desk.controls();
  Json all = Json::array();
  for (const std::string& id : labourer_ids()) all.push_back(labourer_json(id, controls[id], now));
  return all;
}

Json StoreDesk::labourer_json(const std::string& id, const LabourerControl& control, Time now) {
  const auto known = parts_.settings.labourers.find(id);
  const bool configured = known != parts_.settings.labourers.end();
  const Labourer labourer = configured ? known->second : Labourer{.id = id};
  const TaskCounts counts = parts_.tasks.count(id, now, labourer.lapse());
  const TaskDesk::Closed closed = parts_.desk.count_closed(id);
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
          {"because", now_allowed.because},
          {"health", static_cast<int>(condition.health)},
          {"health_name", to_string(condition.health)},
          {"health_reason", condition.because},
          {"paused", control.paused},
          {"set_limit", control.limit ? Json(*control.limit) : Json(nullptr)}};
}

std::vector<std::string> StoreDesk::labourer_ids() {
  std::set<std::string> ids;
  for (std::string& id : parts_.desk.labourer_ids()) ids.insert(std::move(id));
  for (const auto& [id, labourer] : parts_.settings.labourers) ids.insert(id);
  return {ids.begin(), ids.end()};
}

void StoreDesk::require_labourer(const std::string& id) {
  const std::vector<std::string> ids = labourer_ids();
  if (std::ranges::find(ids, id) != ids.end()) return;
  const std::string hint = did_you_mean(id, std::vector<std::string_view>(ids.begin(), ids.end()));
  throw DeskError(DeskError::Kind::not_found,
                  fmt::format("there is no labourer '{}'{}", id,
                              hint.empty() ? fmt::format("; known are {}", fmt::join(ids, ", ")) : hint));
}

std::string StoreDesk::jobs(std::size_t at_most, const std::string& after) {
  std::vector<Job> listed = parts_.jobs.list_jobs(after.empty() ? at_most : kJobsSearched);
  auto begin = listed.begin();
  if (!after.empty()) {
    begin = std::ranges::find(listed, after, &Job::job_id);
    if (begin == listed.end())
      throw DeskError(DeskError::Kind::invalid,
                      fmt::format("after: {} is none of the newest {} jobs", after, kJobsSearched));
    ++begin;
  }
  Json page = Json::array();
  for (; begin != listed.end() && page.size() < at_most; ++begin) page.push_back(json_of(*begin));
  return to_text(page);
}

std::string StoreDesk::job(const std::string& id_or_beginning) {
  const Job job = find_job(id_or_beginning);
  std::string text = to_text(json_of(job));
  add_member(text, "document", job.document);
  return text;
}

Job StoreDesk::find_job(const std::string& id_or_beginning) {
  if (auto job = parts_.jobs.find_job(id_or_beginning)) return std::move(*job);
  std::vector<Job> found;
  if (id_or_beginning.size() >= kShortestBeginning && id_or_beginning.size() < kJobIdLength)
    for (Job& job : parts_.jobs.list_jobs(kJobsSearched))
      if (job.job_id.starts_with(id_or_beginning)) found.push_back(std::move(job));
  if (found.size() == 1) return std::move(found.front());
  if (found.empty())
    throw DeskError(DeskError::Kind::not_found,
                    fmt::format("there is no job {}; `sosw jobs` lists them", id_or_beginning));
  throw DeskError(DeskError::Kind::ambiguous,
                  fmt::format("{} jobs begin with {}; give more of the id", found.size(), id_or_beginning));
}

std::string StoreDesk::rules() {
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
