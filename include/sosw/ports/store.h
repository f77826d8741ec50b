#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sosw/model/time.h"
#include "sosw/ports/admin_store.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/rule_store.h"
#include "sosw/ports/task_store.h"

namespace sosw {

/// Where an installation keeps its tasks, jobs, rules and events: all ports of one store over one connection.
/// Used by one thread at a time; several connections to one store may be used at once.
class Store {
 public:
  /// How often an engine polls the store for changes without a notification.
  struct Polling {
    Seconds changes = 0.05;  ///< by other processes
    Seconds due = 0;         ///< the next due task; 0: exactly when it is due
    Seconds scavenging = 1;  ///< everything that waits for the Scavenger
  };

  virtual ~Store() = default;

  virtual TaskStore& tasks() = 0;
  virtual JobStore& jobs() = 0;
  virtual AdminStore& admin() = 0;
  virtual EventLog& events() = 0;
  virtual RuleStore& rules() = 0;

  /// Differs from an earlier answer when others may have changed the store in between.
  virtual std::int64_t version() = 0;

  virtual Polling polling() const = 0;

  /// Must be called before an engine, or one of its essentials, processes the tasks of these labourers.
  /// Throws Error when it must not.
  virtual void prepare_for_engine(std::span<const std::string> /*labourer_ids*/) {}
};

}  // namespace sosw
