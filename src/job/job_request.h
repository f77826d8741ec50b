#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sosw/model/greenfield.h"
#include "sosw/model/time.h"

#include "job/job_json.h"
#include "job/on_complete.h"

namespace sosw {

/// A submitted job: its labourer, and how its tasks are handled (SPEC 5, SPEC 14).
struct JobRequest {
  std::string labourer;                 ///< the function's name, from a name or an ARN with or without alias
  std::string schema_name = "default";  ///< job_schema_name
  JsonText document;                    ///< the job's JSON object; the input of Chunker
  std::optional<std::string> idempotency_key;
  Priority priority = Priority::normal;
  std::optional<Seconds> delay;  ///< delay_seconds; never together with run_at
  std::optional<Time> run_at;    ///< Unix seconds or ISO 8601 with a zone
  std::optional<OnComplete> on_complete;
};

/// Parses a job, or {"job": job}, either as an object or as its text; the keys that are read here may also be
/// beside `job`, whose own take precedence. A job without a labourer gets `labourer`, if that is not empty.
/// Throws InvalidJob that names the key, what it should be and what it is.
JobRequest parse_job_request(const JsonText& event, std::string_view labourer = {});
inline JobRequest parse_job_request(std::string_view event, std::string_view labourer = {}) {
  return parse_job_request(job_json(event), labourer);
}

}  // namespace sosw
