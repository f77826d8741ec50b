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

/// Invokes queued tasks, never more at once than the health of what they depend on allows (SPEC 6). A
/// labourer that refuses is tried less and less often, down to once a minute; when that has gone on for five
/// minutes an alarm is raised, and again each hour.
class Orchestrator {
 public:
  /// How many of the places that a labourer has by configuration or command are taken by calls that are no
  /// tasks; asked at the start of each run.
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
    /// Where invocations are noted whose end this process sees; a task that is there takes a place, also when
    /// its worker has reported. Labourers on AWS are not noted. nullptr: nothing is noted.
    InFlight* in_flight = nullptr;
    TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };
  };
  explicit Orchestrator(const Parts&);

  struct Summary {
    std::int64_t invoked = 0;
    std::int64_t refused = 0;
    std::int64_t failed = 0;  ///< could not be run at all; the attempt counts
    bool lacks_room = false;  ///< more may be queued, for which its functions have no room before others end
    Allowance allowance;
  };

  /// One run over every labourer; what fails for one is logged and never stops the others (promise I6).
  std::map<std::string, Summary> run();

  /// What a run over several labourers reads once: by the first of them that needs it, and again by the next
  /// one when that failed.
  struct Round {
    std::optional<std::map<std::string, LabourerControl>> controls;
  };

  /// The part of a run that is about one labourer.
  Summary run(const Labourer&, Round&);

  /// For invocations that were accepted and turned out not to have reached their function: their tasks go
  /// back to where they stood, the attempts do not count, and their labourers slow down.
  void take_back(std::span<const Outcome> refused);

  /// Why labourers refuse at the moment, by their ids.
  std::map<std::string, std::string> refusals() const;

 private:
  struct Backoff {
    Time not_before;
    Seconds delay = 0;
    Time alarm_at;  ///< when people hear of it if it goes on
    std::string problem = {};
  };

  /// What a run has to tell the store of tasks that did not start; kept until the store has taken it.
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
