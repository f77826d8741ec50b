#pragma once

#include <string>
#include <string_view>

namespace sosw::simulation {

/// What the system promises (docs/architecture.md), and what follows from it.
enum class Promise {
  I1,             ///< one place
  I2,             ///< closed once
  I3,             ///< one claimer
  I4,             ///< the limit
  I5,             ///< attempts
  I6,             ///< failures stay with whom they belong to
  I7,             ///< payload bytes
  I8,             ///< whatever is cut is done by the next run: everything comes to rest
  I9,             ///< exactly its tasks
  timing,         ///< nothing is given up, tried again or announced before its time
  notifications,  ///< on_complete is called when all tasks are closed, at least once
  events,         ///< events and alarms tell only what happened
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
