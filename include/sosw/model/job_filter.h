#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sosw/model/job.h"

namespace sosw {

/// Which jobs to list, newest first. An empty text matches any.
struct JobFilter {
  enum class State {
    any,
    open,  ///< also those being chunked
    finished,
    failing,  ///< some of its tasks are dead
  };
  std::string labourer_id;
  State state = State::any;
  std::optional<Time> from;   ///< accepted then or later
  std::optional<Time> until;  ///< accepted before then
  std::string text;           ///< its id begins with this, or its document contains it
  std::string after;          ///< a job id: only jobs that are older than that job
  std::size_t at_most = 50;
};

/// Whether the job matches, `after` and `at_most` aside.
bool matches(const JobFilter&, const Job&);

}  // namespace sosw
