#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/job.h"

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// The outcomes of a job's tasks: for every 256 indexes a row that holds, as sets, the completed, dead and
/// cancelled ones. Adding to a set is idempotent, so that a repeated step counts once.
class ClosedSets {
 public:
  struct Change {
    std::string job_id;
    std::int64_t index = 0;
    TaskRecord::Closed closed = TaskRecord::Closed::completed;
    bool takes_back = false;  ///< the task is no longer closed
  };

  /// nullopt for a task that belongs to none of our jobs.
  static std::optional<Change> change_for(const std::string& task_id, TaskRecord::Closed,
                                          bool takes_back = false);

  static std::string key_of(const Change&);
  /// One update for changes of one row and one kind.
  static UpdateItem update_for(const std::string& table, std::span<const Change>);

  /// Adds completed tasks; harmless to repeat. Throws AwsError when one of them can't be added.
  static void add(DynamoStore::Tables&, std::span<const Change>);

  /// Sets the closed counts of jobs whose `scheduled` is known.
  static void count(DynamoStore::Tables&, std::span<Job>);
};

}  // namespace sosw::aws
