#include "essentials/rules.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "text/json_text.h"

namespace sosw {
namespace {

constexpr Seconds kPunctual = 60;  // a time that is not older was not missed
constexpr Seconds kAhead = 60;     // how far the clock of another engine may be ahead

std::string utc_text(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(whole_unix_seconds(time)));
}

}  // namespace

Rules::Rules(const Settings& settings, RuleStore& store, Scheduler& scheduler, Clock& clock, bool alone)
    : store_(store), scheduler_(scheduler), clock_(clock), alone_(alone) {
  for (const Rule& rule : settings.rules)
    if (rule.enabled)
      rules_.push_back(&rule);
    else
      resting_.push_back(rule.name);
}

int Rules::run() {
  const Time now = clock_.now();
  if (!progress_) begin(now);
  const bool clock_was_set_back = now < std::exchange(looked_, now);
  if (!clock_was_set_back && (!next_due_ || now < *next_due_)) return 0;

  std::vector<RuleProgress> progress = *progress_;
  std::vector<RuleStep> steps;
  int accepted = 0;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (consider(*rules_[i], progress[i], now)) ++accepted;
    if (progress[i] != (*progress_)[i]) steps.push_back({(*progress_)[i], progress[i]});
  }
  keep(steps, std::move(progress));
  return accepted;
}

/// Continues from the stored progress, for the rules that are unchanged.
void Rules::begin(Time now) {
  const std::vector<RuleProgress> known = store_.rule_progress();
  std::vector<RuleProgress> progress;
  std::vector<RuleStep> steps;
  for (const RuleProgress& one : known)
    if (is_over(one.name)) steps.push_back({one, std::nullopt});
  for (const Rule* rule : rules_) {
    const auto found = std::ranges::find(known, rule->name, &RuleProgress::name);
    if (found != known.end() && found->timing == rule->timing) {
      progress.push_back(*found);
      continue;
    }
    if (!rule->schedule.next_after(now, now))
      spdlog::warn("rule {}: will never fire, its time is over: {}", rule->name, rule->timing);
    progress.push_back({rule->name, rule->timing, now, now});
    steps.push_back({found == known.end() ? std::nullopt : std::optional(*found), progress.back()});
  }
  keep(steps, std::move(progress));
}

/// Whether a rule that the store knows starts afresh when it reappears.
bool Rules::is_over(const std::string& name) const {
  const bool is_here = std::ranges::any_of(rules_, [&](const Rule* rule) { return rule->name == name; });
  return !is_here && (alone_ || std::ranges::find(resting_, name) != resting_.end());
}

/// Applies the steps, and adopts the progress of other engines, which may have been first.
void Rules::keep(std::span<const RuleStep> steps, std::vector<RuleProgress> progress) {
  if (!steps.empty()) {
    store_.keep_rule_progress(steps);
    const std::vector<RuleProgress> known = store_.rule_progress();
    for (RuleProgress& mine : progress) {
      const auto found = std::ranges::find(known, mine.name, &RuleProgress::name);
      if (found != known.end() && found->timing == mine.timing) mine = *found;
    }
  }
  progress_ = std::move(progress);
  look_ahead();
}

/// Returns whether the rule's job was accepted.
bool Rules::consider(const Rule& rule, RuleProgress& progress, Time now) {
  // A clock that was far ahead must not stop the rule until that time.
  if (progress.since > now + kAhead) progress.since = now;
  if (progress.considered > now + kAhead) progress.considered = now;
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
    const std::string key = fmt::format("rule {} at {}", rule.name, utc_text(due));
    const JsonText job = with_member(JsonText(rule.job), "idempotency_key", encoded(key));
    for (const Job& accepted : scheduler_.accept(job))
      spdlog::info("rule {}: job {} for {}", rule.name, accepted.job_id, utc_text(due));
    return true;
  } catch (const StoreError&) {
    throw;  // nothing is stored; the next run retries all of it
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
