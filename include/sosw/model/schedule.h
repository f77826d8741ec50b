#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "sosw/model/time.h"
#include "sosw/model/time_zone.h"

namespace sosw {

/// A schedule, in the syntax of Amazon EventBridge:
///
///     rate(5 minutes)           every so many minutes, hours or days, counted from a first moment; a day is
///                               always 24 hours. One is singular, more are plural: rate(1 hour)
///     cron(0 2 * * ? *)         at the minutes that the six fields name, on the clocks of the time zone
///     at(2026-11-24T10:00:00)   once, on the clocks of the time zone
///
/// The fields of cron, in their order. Exactly one of the two kinds of day is ?; L, W and names may be
/// written in lower case.
///
///     minutes       0-59             a value: 5      a range: 10-20      every third: */3, 10/3, 10-40/3
///     hours         0-23             several of all these: 0,15,30-40    any: *
///     day-of-month  1-31             also L (the last day), 15W (the weekday, Monday to Friday, that is
///                                    nearest to the 15th and in the same month) and LW (the last weekday);
///                                    a month that does not have the day is left out
///     month         1-12 or JAN-DEC
///     day-of-week   1-7 or SUN-SAT   also L (Saturday), 6L (the last Friday of the month) and, alone, 6#3
///                                    (its third Friday)
///     year          1970-2199
///
/// A range may run over the end of its field, as FRI-MON or 22-2 do, but not that of the years.
///
/// When clocks are changed: a local time of cron that the clocks skip is left out that day, and of one that
/// they show twice only the first is used. So cron(*/5 * * * ? *) pauses in the repeated hour; use rate, or
/// the zone UTC, for what must continue through it.
class Schedule {
 public:
  /// Throws InvalidConfig, with an empty `where`, that says which part is wrong and what is valid. An `at`
  /// that the clocks skip is invalid.
  static Schedule parse(std::string_view expression, std::shared_ptr<const TimeZone>);

  /// The first time after `moment`, in whole seconds; nullopt when there is none until the end of 2199. A
  /// rate counts from `since`, which is not itself one of its times; the other kinds ignore it.
  std::optional<Time> next_after(Time moment, Time since) const;

  /// The last time after `moment` and not after `until`.
  std::optional<Time> last_between(Time moment, Time until, Time since) const;

 private:
  struct Plan;
  explicit Schedule(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}

  std::shared_ptr<const Plan> plan_;
};

}  // namespace sosw
