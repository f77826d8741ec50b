#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sosw/ports/store.h"

#include "essentials/ecology.h"
#include "essentials/orchestrator.h"
#include "essentials/rules.h"
#include "essentials/scavenger.h"
#include "essentials/scheduler.h"
#include "runners/outcomes.h"

namespace sosw {

/// The four essentials in one loop on one machine. Event-driven: a task starts as soon as a slot is free.
/// The thread that calls run() is the only one that touches the store.
class Engine {
 public:
  /// One turn of the loop, which ended by itself or in a store that can't be used.
  struct Turn {
    Seconds took = 0;
    std::string problem;  ///< empty: none
  };

  struct Parts {
    const Settings& settings;
    Ecology& ecology;
    TaskStore& tasks;
    JobStore& jobs;
    AdminStore& admin;
    EventLog& events;
    FunctionInvoker& functions;
    Outcomes& outcomes;  ///< where `functions` puts what ended
    Alarm& alarm;
    Clock& clock;
    Random& random;
    std::function<std::int64_t()> store_version;  ///< changes when another process changed the store
    RuleStore* rules = nullptr;                   ///< none: the rules of the settings are not looked after
    std::function<void(const Turn&)> turned = [](const Turn&) {};  ///< called after each turn
    Store::Polling polling = {};
    bool alone = true;  ///< no other engine works on this store
    Orchestrator::TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };
  };
  explicit Engine(const Parts&);

  // For the thread that calls run(), and for what is posted to it.
  Scheduler& scheduler() { return scheduler_; }
  Orchestrator& orchestrator() { return orchestrator_; }
  Scavenger& scavenger() { return scavenger_; }
  const InFlight& in_flight() const { return in_flight_; }

  /// Have this called by the thread of run(), soon. Any thread, any time; what is posted when run() has ended
  /// is for serve().
  void post(std::function<void()>);

  /// Orchestrate this labourer in this turn or the next. For what is posted.
  void wake(const std::string& labourer_id) { ready_.insert(labourer_id); }

  /// Take over what an earlier engine left: jobs that it was cutting are cut on, and where this engine is
  /// alone, attempts that it had under way are settled as failed. The caller holds the store's engine lock
  /// then, so none of those workers is left.
  void take_over();

  /// Work until go_on(), which is asked before each turn of the loop, says no, or stop() was called. A store
  /// that can't be used, in go_on() as well, is tried again and again.
  void run(const std::function<bool()>& go_on);

  /// End run() soon. Any thread, any time; workers that run are the caller's to wait for.
  void stop();

  /// Settle what ended since, and do what was posted; for after run(), while workers may finish. A store that
  /// can't be used is logged.
  void serve();

 private:
  void recover();
  bool turn();
  void settle_outcomes();
  void do_posted();
  bool scavenge();
  bool notice_changes();
  void orchestrate();
  std::vector<std::string> labourers_in_turn();
  void wake_all();
  Seconds wait_time();
  std::optional<Time> next_due(Time now);

  Parts parts_;
  InFlight in_flight_;
  Scheduler scheduler_;
  Scavenger scavenger_;
  Orchestrator orchestrator_;
  std::optional<Rules> rules_;

  std::vector<Outcome> unsettled_;        ///< kept until the store has taken them
  std::set<std::string> ready_;           ///< labourers that may have a free slot and a queued task
  std::vector<std::string> crowded_out_;  ///< those for which there was no room, the next to get some first
  Time next_scavenging_;
  std::optional<Time> due_;  ///< the next due task, as the store said
  Time due_read_;            ///< when it said so
  bool due_is_ours_ = true;  ///< false: the next due task belongs to no labourer of ours
  std::int64_t seen_version_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace sosw
