#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sosw/model/job.h"

namespace sosw {

/// Which jobs to list, the newest first. Empty texts mean any.
struct JobFilter {
  enum class State {
    any,
    open,  ///< being cut, too
    finished,
    failing,  ///< some of its tasks are dead
  };
  std::string labourer_id;
  State state = State::any;
  std::optional<Time> from;   ///< accepted then or later
  std::optional<Time> until;  ///< accepted before then
  std::string text;           ///< its id begins with this, or its document holds it
  std::string after;          ///< a job id: only jobs that are older than that one
  std::size_t at_most = 50;
};

/// But for `after` and `at_most`.
bool matches(const JobFilter&, const Job&);

}  // namespace sosw
