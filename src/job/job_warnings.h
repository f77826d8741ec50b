#pragma once

#include <string>
#include <vector>

#include "job/job_schema.h"
#include "text/json_text.h"

namespace sosw {

/// Probable mistakes in a job, one sentence each: misspelt keys, and isolating what the schema or the job
/// does not have. The job can still be chunked; `schema_name` is for the messages.
std::vector<std::string> job_warnings(const JsonText& job, const JobSchema&, const std::string& schema_name);

}  // namespace sosw
