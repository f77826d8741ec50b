#pragma once

#include <string>

#include "sosw/model/schedule.h"
#include "sosw/model/time.h"

namespace sosw {

/// A job that is scheduled again and again.
struct Rule {
  /// What becomes of the times that passed while no engine ran, or while the machine slept.
  enum class Missed {
    run_once,  ///< one job for all of them, as soon as somebody is there again
    skip,      ///< none, unless the last of them was within the last minute
  };

  std::string name;  ///< of this rule alone; what was considered so far is remembered under it
  Schedule schedule;
  std::string timing;  ///< the words of the schedule and its time zone: "cron(0 2 * * ? *) Europe/Berlin"
  std::string job;     ///< JSON object as people would hand it to the Scheduler, keys in their order
  Missed missed = Missed::run_once;
  bool enabled = true;
};

/// How far a rule is.
struct RuleProgress {
  std::string name;
  std::string timing;  ///< a rule whose timing is another one now begins anew
  Time since;          ///< first seen with this timing; a rate counts from here
  Time considered;     ///< what was due until then, this moment included, has its job or was skipped

  bool operator==(const RuleProgress&) const = default;
};

}  // namespace sosw
