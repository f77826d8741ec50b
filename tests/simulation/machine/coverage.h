#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sosw::simulation {

/// The kinds of things in a run. A kind that never happens in many runs is not tested.
enum class Happened {
  // faults
  crash_before_effect,
  crash_after_effect,
  crash_of_host,
  error_before_effect,
  error_after_effect,
  batch_half_done,
  throttled,
  labourer_sick,
  long_stall,
  events_lost,
  stale_read,
  dispatch_refused,
  dispatch_failed,
  dispatch_unknown_ran,
  dispatch_unknown_lost,
  worker_lost,
  worker_silent,
  worker_late,
  worker_twice,
  worker_killed,
  report_lost,
  report_repeated,
  report_garbage,
  report_without_token,
  outcome_lost,
  message_refused,
  request_repeated,
  // moves of tasks
  written_to_queue,
  written_to_wait,
  claimed,
  released,
  success_reported,
  failure_reported,
  report_known,
  report_stale,
  report_of_closed,
  report_of_nothing,
  success_while_not_invoked,
  completed,
  closed_as_dead,
  postponed,
  settle_too_late,
  requeued,
  cancelled,
  revived,
  hastened,
  // the rest
  job_accepted,
  job_known,
  append_lost_race,
  job_cancelled,
  notification_claimed,
  notification_delivered,
  attempts_overlapped,
  one_labourer_failed,
  count_
};

std::string_view to_string(Happened);

class Coverage {
 public:
  void note(Happened what, std::int64_t times = 1) { counts_[static_cast<std::size_t>(what)] += times; }
  std::int64_t of(Happened what) const { return counts_[static_cast<std::size_t>(what)]; }
  void add(const Coverage& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  }

 private:
  std::array<std::int64_t, static_cast<std::size_t>(Happened::count_)> counts_{};
};

}  // namespace sosw::simulation
