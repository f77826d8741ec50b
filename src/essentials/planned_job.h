#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/model/job.h"
#include "sosw/ports/random.h"

#include "essentials/settings.h"
#include "job/chunker.h"
#include "job/job_request.h"

namespace sosw {

/// A fully checked job, with its chunker; nothing of it is written yet.
struct PlannedJob {
  Job job;
  Chunker chunker;
  std::vector<std::string> warnings = {};  ///< see job_warnings.h
};

/// The jobs of an event: one, unless it is wrapped in a batch (SPEC 5). Throws InvalidJob that names the key
/// for an error in any of them. A job's id derives from its idempotency key, else from the `call` that
/// carries it, unless that is empty: the same for each repetition of a call.
std::vector<PlannedJob> plan_jobs(const JsonText& event, const Settings&, Time now, Random&,
                                  std::string_view call = "");

/// The schema that chunks a job. Throws InvalidJob when there is no such labourer or schema.
const JobSchema& schema_for(const JobRequest&, const Settings&);

/// The id of a job with an idempotency key: the same key for another labourer is another job.
std::string keyed_job_id(const std::string& labourer_id, const std::string& idempotency_key);

}  // namespace sosw
