#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "job/job_schema.h"
#include "job/task_source.h"
#include "text/json_text.h"

namespace sosw {

/// Chunks a job into the payloads of its tasks (SPEC 5), one after the other, in a deterministic order. Holds
/// the job once, and never more than one task: memory does not grow with their number. Numbers and text keep
/// their bytes. For a schema of_payloads() see payload_list.h.
class Chunker {
 public:
  /// Checks the whole job: throws InvalidJob that names the key, before any task is returned. `document` is a
  /// JSON object, `today` YYYY-MM-DD.
  Chunker(const JsonText& document, const JobSchema&, std::string_view today, std::string_view labourer_id);

  /// The payload of the task at index(): everything except the columns of a task, with the job's `payload`
  /// merged in. `payload` is overwritten and keeps its capacity. False when there are no more.
  bool next_payload(std::string& payload) { return source_->next(TaskSource::Form::payload, payload); }

  /// The task at index() as shown in a dry run: the payload before the merge, and labourer_id.
  bool next_task(std::string& task) { return source_->next(TaskSource::Form::task, task); }

  std::int64_t index() const { return source_->index(); }  ///< 0, 1, ... of the next task
  std::int64_t count() const { return source_->count(); }  ///< of all tasks of the job

  /// Continues with the task at that index, from 0 to count().
  void skip_to(std::int64_t index) { source_->skip_to(std::clamp<std::int64_t>(index, 0, count())); }

 private:
  std::unique_ptr<TaskSource> source_;
};

}  // namespace sosw
