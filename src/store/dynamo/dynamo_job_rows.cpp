#include "store/dynamo/dynamo_jobs.h"

namespace sosw::aws {
namespace {

std::string job_text(const Item& row, const char* name) {
  const AttributeValue* value = find(row, name);
  return value ? value->text() : "";
}

}  // namespace

Item job_row(const Job& job) {
  Item row{{field::task_id, job_key(job.job_id)},
           {field::labourer_id, job_index::chunking},
           {field::greenfield, job.created_at},
           {field::created_at, job.created_at},
           {"sosw_job", job.job_id},
           {"sosw_labourer", job.labourer_id},
           {"sosw_document", job.document},
           {"sosw_schema", job.schema},
           {"sosw_today", job.today},
           {"sosw_priority", std::string(to_string(job.priority))},
           {"sosw_on_complete", job.on_complete},
           {"sosw_cursor", 0}};
  if (job.run_at) row.emplace("sosw_run_at", *job.run_at);
  if (!job.on_complete.empty()) row.emplace("sosw_announce_after", 0);
  return row;
}

Job job_from(const Item& row) {
  Job job{.job_id = job_text(row, "sosw_job"),
          .labourer_id = job_text(row, "sosw_labourer"),
          .document = job_text(row, "sosw_document"),
          .schema = job_text(row, "sosw_schema"),
          .today = job_text(row, "sosw_today"),
          .priority = priority_from(job_text(row, "sosw_priority")).value_or(Priority::normal),
          .on_complete = job_text(row, "sosw_on_complete"),
          .created_at = row.at(field::created_at).time()};
  if (const AttributeValue* run_at = find(row, "sosw_run_at")) job.run_at = run_at->time();
  job.progress.scheduled = row.at("sosw_cursor").integer();
  if (const AttributeValue* total = find(row, "sosw_total")) job.progress.total = total->integer();
  return job;
}

}  // namespace sosw::aws
