#pragma once

#include <string>
#include <vector>

#include "job/job_schema.h"
#include "text/json_text.h"

namespace sosw {

/// What its author most likely did not mean, a sentence each: keys that are nearly ours, and asking to
/// isolate what the schema or the job does not have. The job can be cut all the same; `schema_name` is for
/// people.
std::vector<std::string> job_warnings(const JsonText& job, const JobSchema&, const std::string& schema_name);

}  // namespace sosw
