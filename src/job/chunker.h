#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "job/job_schema.h"

namespace sosw {

/// Cuts a job into the payloads of its tasks (SPEC 5), one after the other, in an order that is the same each
/// time. Holds the job once, and never more than one task: memory does not grow with their number. Numbers
/// and text come out with the bytes they had.
class Chunker {
 public:
  /// Checks the whole job: throws InvalidJob that names the key, before any task is handed out. `document` is
  /// a JSON object, `today` YYYY-MM-DD.
  Chunker(std::string_view document, const JobSchema&, std::string_view today, std::string_view labourer_id);
  ~Chunker();
  Chunker(Chunker&&) noexcept;
  Chunker& operator=(Chunker&&) noexcept;

  /// The payload of the task at place(): everything but the columns of a task, with the job's `payload`
  /// merged in. `payload` is overwritten and keeps its capacity. False when there are no more.
  bool next_payload(std::string& payload);

  /// The task at place() as people see it in a dry run: the payload before the merge, and labourer_id.
  bool next_task(std::string& task);

  std::int64_t place() const;  ///< 0, 1, ... of the task that comes next
  std::int64_t count() const;  ///< of all tasks of the job

  /// Go on with the task at that place, from 0 to count().
  void skip_to(std::int64_t place);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
