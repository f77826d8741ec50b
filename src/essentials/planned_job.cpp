#include "essentials/planned_job.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "job/event_envelope.h"
#include "job/job_request.h"
#include "job/job_warnings.h"
#include "job/period.h"

namespace sosw {
namespace {

template <typename Map>
std::string names_of(const Map& map) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, value] : map) names.push_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

void require_labourer(const std::string& key, const std::string& id, const Settings& settings) {
  if (!settings.labourers.contains(id))
    throw InvalidJob(fmt::format("{}: there is no labourer '{}'; configured are: {}", key, id,
                                 names_of(settings.labourers)));
}

/// `call_key` replaces a missing key of the job; empty: there is none either.
PlannedJob plan_job(const JsonText& event, const Settings& settings, Time now, Random& random,
                    const std::string& call_key) {
  const JobRequest request = parse_job_request(event);
  const JobSchema& schema = schema_for(request, settings);
  Job job;
  job.labourer_id = request.labourer;
  job.document = request.document.text();
  job.schema = schema.to_json();
  job.created_at = now;
  job.today = utc_date(job.created_at);
  job.priority = request.priority;
  job.run_at = request.delay ? job.created_at + *request.delay : request.run_at;
  if (request.on_complete) job.on_complete = request.on_complete->to_json();
  job.job_id = request.idempotency_key ? keyed_job_id(request.labourer, *request.idempotency_key)
               : !call_key.empty()     ? job_id_from_key(call_key)
                                       : job_id_from(random.next());
  return {job, Chunker(request.document, schema, job.today, job.labourer_id),
          job_warnings(request.document, schema, request.schema_name)};
}

}  // namespace

const JobSchema& schema_for(const JobRequest& request, const Settings& settings) {
  require_labourer("lambda_name", request.labourer, settings);
  if (request.on_complete)
    if (const auto called = request.on_complete->labourer_id())
      require_labourer("on_complete.labourer", *called, settings);
  const auto schema = settings.job_schema_variants.find(request.schema_name);
  if (schema == settings.job_schema_variants.end())
    throw InvalidJob(fmt::format("job_schema_name: there is no variant '{}'; configured are: {}",
                                 request.schema_name, names_of(settings.job_schema_variants)));
  return schema->second;
}

std::string keyed_job_id(const std::string& labourer_id, const std::string& idempotency_key) {
  return job_id_from_key(labourer_id + '\n' + idempotency_key);
}

std::vector<PlannedJob> plan_jobs(const JsonText& event, const Settings& settings, Time now, Random& random,
                                  std::string_view call) {
  std::vector<PlannedJob> planned;
  for (const JsonText& carried : unwrap_event(event))
    planned.push_back(plan_job(carried, settings, now, random,
                               call.empty() ? "" : fmt::format("call\n{}\n{}", call, planned.size())));
  return planned;
}

}  // namespace sosw
