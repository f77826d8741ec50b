#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sosw/model/outcome.h"
#include "sosw/ports/admin_store.h"
#include "sosw/ports/alarm.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/function_invoker.h"
#include "sosw/ports/random.h"
#include "sosw/ports/task_store.h"

#include "essentials/ecology.h"
#include "essentials/in_flight.h"
#include "essentials/settings.h"

namespace sosw {

class Scavenger;

/// Invokes queued tasks, never more at once than the health of their dependencies allows (SPEC 6). A labourer
/// that refuses is tried less and less often, down to once a minute; after five minutes of this an alarm is
/// raised, and again each hour.
class Orchestrator {
 public:
  /// How many of a labourer's configured slots are taken by direct calls, which are not tasks; read at the
  /// start of each run.
  using TakenSlots = std::function<std::int64_t(const Labourer&, std::int64_t slots)>;

  struct Parts {
    const Settings& settings;
    const Ecology& ecology;
    TaskStore& tasks;
    AdminStore& admin;
    FunctionInvoker& functions;
    Scavenger& scavenger;
    EventLog& events;
    Alarm& alarm;
    Clock& clock;
    Random& random;
    /// Invocations whose end this process sees are recorded here; a task in it takes a slot, also after its
    /// worker has reported. Labourers on AWS are not recorded. nullptr: nothing is recorded.
    InFlight* in_flight = nullptr;
    TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };
  };
  explicit Orchestrator(const Parts&);

  struct Summary {
    std::int64_t invoked = 0;
    std::int64_t refused = 0;
    std::int64_t failed = 0;  ///< could not be started at all; the attempt counts
    bool lacks_room = false;  ///< more may be queued, for which there is no room until other invocations end
    Allowance allowance;
  };

  /// One run over every labourer; an error of one is logged and never stops the others (promise I6).
  std::map<std::string, Summary> run();

  /// Data that a run over several labourers reads once: for the first labourer that needs it, and again for
  /// the next when that failed.
  struct Round {
    std::optional<std::map<std::string, LabourerControl>> controls;
  };

  /// The part of a run for one labourer.
  Summary run(const Labourer&, Round&);

  /// For invocations that were accepted but turned out not to have reached their function: their tasks are
  /// released, the attempts do not count, and their labourers back off.
  void take_back(std::span<const Outcome> refused);

  /// Why labourers currently refuse, by id.
  std::map<std::string, std::string> refusals() const;

 private:
  struct Backoff {
    Time not_before;
    Seconds delay = 0;
    Time alarm_at;  ///< when the alarm is raised if it continues
    std::string problem = {};
  };

  /// A run's unrecorded changes of tasks that did not start; kept until the store has recorded them.
  struct NotStarted {
    std::vector<Task> refused;
    std::vector<Outcome> failed;
  };

  Allowance allowance_now(const Labourer&, Round&);
  void dispatch(const Labourer&, const std::vector<Task>& claimed, Summary&);
  void settle_not_started(const Labourer&);
  void slow_down(const Labourer&, const std::string& problem);

  const Parts parts_;
  std::map<std::string, Backoff> backoffs_;        ///< of labourers that refused, by id
  std::map<std::string, NotStarted> not_started_;  ///< by labourer
};

}  // namespace sosw
