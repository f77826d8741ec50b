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

/// Hands the jobs of rules to the Scheduler when they are due.
///
/// Each time of a rule is one job, whose idempotency key names the rule and the time, such as "rule nightly
/// at 2026-11-24T02:00:00Z". So a crash between the acceptance of the job and the note that it was accepted
/// does not make two of it, and it loses none: the note comes last (promises I8, I9). Jobs hold their key,
/// where people see which time they are for; the periods of a job refer to the day on which it is scheduled,
/// as always.
///
/// A rule counts from the moment when it is first seen, and again when its schedule or time zone is another
/// one, or when it was switched off in between. So it does when it was missing in between, unless several
/// engines share the store: the next one may know it. Of several times that are due at once only the last has
/// a job, see Rule::Missed.
///
/// Several engines whose clocks agree within seconds may look after the same rules. Each hands over the job
/// of each time, which is accepted once; from when a rule counts is what the first of them noted.
class Rules {
 public:
  /// `alone`: no other engine works on the store.
  Rules(const Settings&, RuleStore&, Scheduler&, Clock&, bool alone);

  /// Schedules what is due; returns how many jobs were accepted. What is wrong with the job of one rule is
  /// logged and never stops the others (promise I6). Costs next to nothing while nothing is due.
  int run();

  /// When run() has something to do again; nothing when no rule is ever due.
  std::optional<Time> next_due() const { return next_due_; }

 private:
  void begin(Time now);
  bool is_over(const std::string& name) const;
  void keep(std::span<const RuleStep>, std::vector<RuleProgress>);
  bool consider(const Rule&, RuleProgress&, Time now);
  bool schedule(const Rule&, Time due);
  void look_ahead();

  std::vector<const Rule*> rules_;  ///< those that are enabled
  RuleStore& store_;
  Scheduler& scheduler_;
  Clock& clock_;
  const bool alone_;
  std::vector<std::string> resting_;                   ///< the names of those that are not
  std::optional<std::vector<RuleProgress>> progress_;  ///< of each of rules_
  std::optional<Time> next_due_ = Time();              ///< the first run has something to do
  Time looked_;
};

}  // namespace sosw
