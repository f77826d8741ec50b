#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/outcome.h"
#include "sosw/ports/alarm.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/random.h"
#include "sosw/ports/task_store.h"

#include "essentials/in_flight.h"
#include "essentials/settings.h"

namespace sosw {

/// Archives completed tasks, delays and requeues failed or expired ones, closes dead ones (SPEC 9).
class Scavenger {
 public:
  /// Skips tasks while they are `in_flight`; nullptr: skips none.
  Scavenger(const Settings&, TaskStore&, EventLog&, Alarm&, Clock&, Random&,
            const InFlight* in_flight = nullptr);

  struct Summary {
    std::int64_t archived = 0;
    std::int64_t retried = 0;
    std::int64_t dead = 0;
    std::int64_t requeued = 0;
  };

  /// One run over every labourer; an error of one is logged and never stops the others (promise I6).
  std::map<std::string, Summary> run();

  /// Moves due tasks back to the queue.
  std::int64_t requeue(const Labourer&);

  /// Settles attempts whose end the caller saw: completed tasks are archived, failed ones retried or closed
  /// as dead, in one batch. A success whose worker reported a failure before it ended is a failure (SPEC 12).
  Summary settle(std::span<const Outcome>);

  /// Retries or closes as dead every invoked task of a labourer, unless its workers run elsewhere. Only for a
  /// caller that knows that none of its workers is left here.
  Summary recover(const Labourer&);

  /// Closes tasks as dead regardless of their attempts, because no attempt can ever succeed.
  void close_as_dead(const Labourer&, std::span<const Task> claimed, const std::string& reason);

 private:
  /// A pending move, and whether the caller saw the attempt end (which is then a separate event).
  struct Departure {
    std::string labourer_id;
    Settlement settlement;
    bool seen_to_end = false;
    std::string log;  ///< of that attempt
  };

  Summary run(const Labourer&);
  std::size_t batch_of(const std::string& labourer_id) const;
  void leave_out_in_flight(std::vector<Task>&, const Labourer&) const;
  void settle_moved_on(std::span<const Outcome* const> successes, Summary&);
  std::vector<Task> reported_failures(std::span<const Outcome* const>);
  void archive_completed(const Labourer&, Summary&);
  void settle_expired(const Labourer&, Seconds attempt_timeout, const std::string& reason, Summary&);
  Departure after_failed(const Labourer&, const std::string& task_id, int attempts, const Settlement::Seen&,
                         std::string reason);
  Departure after_success(const Outcome&, std::optional<Settlement::Seen>);
  static Departure seen_to_end(const Outcome&, Departure);
  /// Which moves were made.
  std::vector<bool> carry_out(std::span<const Departure>, Summary&);

  const Settings& settings_;
  TaskStore& tasks_;
  EventLog& events_;
  Alarm& alarm_;
  Clock& clock_;
  Random& random_;
  const InFlight* in_flight_;
};

}  // namespace sosw
