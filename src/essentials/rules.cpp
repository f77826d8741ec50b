#include "sosw/essentials/rules.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

constexpr Seconds kPunctual = 60;  // a time that is not older was not missed

std::string utc_text(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time)));
}

}  // namespace

Rules::Rules(const Settings& settings, RuleStore& store, Scheduler& scheduler, Clock& clock)
    : store_(store), scheduler_(scheduler), clock_(clock) {
  for (const Rule& rule : settings.rules)
    if (rule.enabled) rules_.push_back(&rule);
}

int Rules::run() {
  const Time now = clock_.now();
  if (!progress_) begin(now);
  const bool clock_was_set_back = now < std::exchange(looked_, now);
  if (!clock_was_set_back && (!next_due_ || now < *next_due_)) return 0;

  std::vector<RuleProgress> progress = *progress_;
  int accepted = 0;
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (consider(*rules_[i], progress[i], now)) ++accepted;
  if (progress != *progress_) store_.keep_rule_progress(progress);
  progress_ = std::move(progress);
  look_ahead();
  return accepted;
}

/// Goes on where the last engine stopped, with the rules that it knew as they are now.
void Rules::begin(Time now) {
  const std::vector<RuleProgress> known = store_.rule_progress();
  std::vector<RuleProgress> progress;
  for (const Rule* rule : rules_) {
    const auto same = std::ranges::find_if(
        known, [&](const RuleProgress& one) { return one.name == rule->name && one.timing == rule->timing; });
    progress.push_back(same != known.end() ? *same : RuleProgress{rule->name, rule->timing, now, now});
  }
  if (progress != known) store_.keep_rule_progress(progress);
  progress_ = std::move(progress);
  look_ahead();
}

/// Returns whether the rule's job was accepted.
bool Rules::consider(const Rule& rule, RuleProgress& progress, Time now) {
  // A clock that was ahead must not silence the rule until that time comes.
  progress.since = std::min(progress.since, now);
  progress.considered = std::min(progress.considered, now);
  const auto due = rule.schedule.last_between(progress.considered, now, progress.since);
  if (!due) return false;
  progress.considered = *due;
  if (rule.missed == Rule::Missed::skip && now - *due > kPunctual) {
    spdlog::info("rule {}: missed {}, skipped", rule.name, utc_text(*due));
    return false;
  }
  return schedule(rule, *due);
}

bool Rules::schedule(const Rule& rule, Time due) {
  try {
    Json job = Json::parse(rule.job);
    job["idempotency_key"] = fmt::format("rule {} at {}", rule.name, utc_text(due));
    for (const Job& accepted : scheduler_.accept(job.dump()))
      spdlog::info("rule {}: job {} for {}", rule.name, accepted.job_id, utc_text(due));
    return true;
  } catch (const StoreError&) {
    throw;  // nothing is noted; the next run tries all of it again
  } catch (const std::exception& error) {
    spdlog::error("rule {}: its job for {} can't be scheduled: {}", rule.name, utc_text(due), error.what());
    return false;
  }
}

void Rules::look_ahead() {
  next_due_.reset();
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const RuleProgress& progress = (*progress_)[i];
    const auto next = rules_[i]->schedule.next_after(progress.considered, progress.since);
    if (next && (!next_due_ || *next < *next_due_)) next_due_ = next;
  }
}

}  // namespace sosw
