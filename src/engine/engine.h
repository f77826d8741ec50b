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
  /// One turn of the loop, which ended normally or because the store can't be used.
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
    Outcomes& outcomes;  ///< receives the outcomes of `functions`
    Alarm& alarm;
    Clock& clock;
    Random& random;
    std::function<std::int64_t()> store_version;  ///< changes when another process changed the store
    RuleStore* rules = nullptr;                   ///< nullptr: the rules of the settings are ignored
    std::function<void(const Turn&)> turned = [](const Turn&) {};  ///< called after each turn
    Store::Polling polling = {};
    bool alone = true;  ///< no other engine works on this store
    Orchestrator::TakenSlots taken_slots = [](const Labourer&, std::int64_t) { return 0; };
  };
  explicit Engine(const Parts&);

  // For the thread that calls run(), and for posted functions.
  Scheduler& scheduler() { return scheduler_; }
  Orchestrator& orchestrator() { return orchestrator_; }
  Scavenger& scavenger() { return scavenger_; }
  const InFlight& in_flight() const { return in_flight_; }

  /// Runs a function soon on the thread of run(). Any thread, any time; functions posted after run() has
  /// ended are run by serve().
  void post(std::function<void()>);

  /// Orchestrates this labourer in this turn or the next. For posted functions.
  void wake(const std::string& labourer_id) { ready_.insert(labourer_id); }

  /// Takes over from an earlier engine: unfinished jobs are chunked further, and where this engine is alone,
  /// attempts of the earlier one are settled as failed. The caller holds the store's engine lock, so none of
  /// those workers is left.
  void take_over();

  /// Runs until go_on(), which is called before each turn of the loop, returns false, or stop() was called.
  /// Store errors, also in go_on(), are retried for ever.
  void run(const std::function<bool()>& go_on);

  /// Ends run() soon. Any thread, any time; the caller must wait for running workers.
  void stop();

  /// Settles new outcomes, and runs posted functions; for after run(), while workers may finish. Store errors
  /// are logged.
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

  std::vector<Outcome> unsettled_;        ///< kept until the store has recorded them
  std::set<std::string> ready_;           ///< labourers that may have a free slot and a queued task
  std::vector<std::string> crowded_out_;  ///< those without room, the first to get some next time
  Time next_scavenging_;
  std::optional<Time> due_;  ///< the next due task, as read from the store
  Time due_read_;            ///< when it was read
  bool due_is_ours_ = true;  ///< false: the next due task belongs to no labourer of ours
  std::int64_t seen_version_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace sosw
