#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/rule_store.h"

#include "essentials/scheduler.h"
#include "essentials/settings.h"

namespace sosw {

/// Submits the jobs of rules to the Scheduler when they are due.
///
/// Each due time of a rule is one job, whose idempotency key names the rule and the time, such as "rule
/// nightly at 2026-11-24T02:00:00Z". So a crash between the acceptance of the job and the write of the
/// progress does not duplicate it, and loses none: the progress is written last (promises I8, I9). Jobs keep
/// their key, which shows their due time; the periods of a job are relative to the day on which it is
/// scheduled, as always.
///
/// A rule counts from when it is first seen, and again when its schedule or time zone has changed, or when it
/// was disabled in between. So it does when it was missing in between, unless several engines share the
/// store: another may still have it. Of several times that are due at once only the last has a job, see
/// Rule::Missed.
///
/// Several engines whose clocks agree within seconds may process the same rules. Each submits the job of each
/// time, which is accepted once; a rule counts from what the first of them wrote.
class Rules {
 public:
  /// `alone`: no other engine uses the store.
  Rules(const Settings&, RuleStore&, Scheduler&, Clock&, bool alone);

  /// Schedules due jobs; returns how many were accepted. An error in the job of one rule is logged and never
  /// stops the others (promise I6). Costs almost nothing while nothing is due.
  int run();

  /// When run() has work again; nullopt when no rule will ever be due.
  std::optional<Time> next_due() const { return next_due_; }

 private:
  void begin(Time now);
  bool is_over(const std::string& name) const;
  void keep(std::span<const RuleStep>, std::vector<RuleProgress>);
  bool consider(const Rule&, RuleProgress&, Time now);
  bool schedule(const Rule&, Time due);
  void look_ahead();

  std::vector<const Rule*> rules_;  ///< the enabled ones
  RuleStore& store_;
  Scheduler& scheduler_;
  Clock& clock_;
  const bool alone_;
  std::vector<std::string> resting_;                   ///< the names of the disabled ones
  std::optional<std::vector<RuleProgress>> progress_;  ///< of each of rules_
  std::optional<Time> next_due_ = Time();              ///< the first run has work
  Time looked_;
};

}  // namespace sosw
