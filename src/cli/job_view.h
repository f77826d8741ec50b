#pragma once

#include <string>
#include <vector>

#include "sosw/essentials/json.h"
#include "sosw/ports/job_store.h"

namespace sosw {

std::int64_t total_of(const Job&);      ///< of its tasks, as far as it is known
std::string_view state_of(const Job&);  ///< "cutting", "open" or "finished"
Json json_of(const Job&);

/// Jobs as a table for people.
std::string table_of(const std::vector<Job>&, Time now);

/// The job whose id begins with the text. Throws Error when there is none, or more than one.
Job find_job(JobStore&, const std::string& id_or_prefix);

}  // namespace sosw
