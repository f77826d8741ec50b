#pragma once

#include <string>

#include "sosw/model/schedule.h"
#include "sosw/model/time.h"

namespace sosw {

/// A job that is submitted on a schedule.
struct Rule {
  /// What happens with due times that passed while no engine ran, or while the machine slept.
  enum class Missed {
    run_once,  ///< one job for all of them, as soon as an engine runs again
    skip,      ///< none, unless the last of them was within the last minute
  };

  std::string name;  ///< unique; its progress is stored under it
  Schedule schedule;
  std::string timing;  ///< the schedule and its time zone: "cron(0 2 * * ? *) Europe/Berlin"
  std::string job;     ///< JSON object as submitted to the Scheduler, keys in their order
  Missed missed = Missed::run_once;
  bool enabled = true;
};

/// The progress of a rule.
struct RuleProgress {
  std::string name;
  std::string timing;  ///< a rule whose timing differs from this one starts afresh
  Time since;          ///< first seen with this timing; a rate counts from here
  Time considered;     ///< every time due up to and including this one has its job or was skipped

  bool operator==(const RuleProgress&) const = default;
};

}  // namespace sosw
