#pragma once

#include <deque>
#include <string>

#include "sosw/ports/clock.h"

#include "cli/job_watch.h"
#include "cli/status_line.h"

namespace sosw {

/// Shows the progress of the work: a bar on a terminal, else a plain line every few seconds.
class ProgressDisplay {
 public:
  ProgressDisplay(StatusLine&, Time started);

  /// Redraws when a redraw is due.
  void update(const JobsSnapshot&, Time now);

 private:
  std::string bar_line(const JobsSnapshot&) const;
  std::string plain_line(const JobsSnapshot&) const;
  std::string facts(const JobsSnapshot&) const;

  StatusLine& line_;
  Time next_;
  struct Sample {
    Time time;
    std::int64_t closed;
  };
  std::deque<Sample> recent_;  ///< of the last seconds, to compute the rate
};

}  // namespace sosw
