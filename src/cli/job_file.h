#pragma once

#include <string>
#include <vector>

#include "sosw/model/job.h"

#include "cli/config.h"

namespace sosw {

/// A job as the user handed it over, checked wholly.
struct JobAsked {
  std::string text;  ///< what Scheduler::accept takes
  Job job;           ///< what it asks for; the id is not the one under which it will be stored
};

/// Reads a file, or standard input for "-", which holds one job unless it is an envelope with several.
/// Rehearses their scheduling in memory, so that nothing of a bad job or of a typing mistake reaches the
/// store. Throws Error that names the file and the place.
std::vector<JobAsked> read_job_file(const std::string& file, const Settings&);

}  // namespace sosw
