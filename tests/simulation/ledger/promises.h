#pragma once

#include <string>
#include <string_view>

namespace sosw::simulation {

/// The system's promises (docs/architecture.md), and what follows from them.
enum class Promise {
  I1,             ///< one table
  I2,             ///< closed once
  I3,             ///< one claimer
  I4,             ///< the limit
  I5,             ///< attempts
  I6,             ///< failures stay with whom they belong to
  I7,             ///< failures stay with their labourer
  I8,             ///< payload bytes
  I9,             ///< the next run completes whatever was interrupted: everything comes to rest
  timing,         ///< nothing is given up, retried or notified before its time
  notifications,  ///< on_complete is called when all tasks are closed, at least once
  events,         ///< events and alarms report only what happened
};

std::string_view to_string(Promise);
std::string_view meaning_of(Promise);

/// Ends a run. Not a std::exception, so that no essential can catch it.
struct PromiseBroken {
  Promise promise;
  std::string what;
};

[[noreturn]] inline void broken(Promise promise, std::string what) {
  throw PromiseBroken{promise, std::move(what)};
}

}  // namespace sosw::simulation
