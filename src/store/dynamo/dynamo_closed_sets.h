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

/// How a job's tasks ended: for every 256 places a row that holds, as sets, the places that are completed,
/// dead and cancelled. A set can be added to again and again, so that a step that is repeated counts once.
class ClosedSets {
 public:
  struct Change {
    std::string job_id;
    std::int64_t index = 0;
    TaskRecord::Closed closed = TaskRecord::Closed::completed;
    bool takes_back = false;  ///< the task is no longer closed
  };

  /// Nothing for a task of no job of ours.
  static std::optional<Change> change_for(const std::string& task_id, TaskRecord::Closed,
                                          bool takes_back = false);

  static std::string key_of(const Change&);
  /// One update for changes of one row and one kind.
  static UpdateItem update_for(const std::string& table, std::span<const Change>);

  /// Adds the completed; harmless to repeat. Throws AwsError when one of them can't be added.
  static void add(DynamoStore::Tables&, std::span<const Change>);

  /// Fills in what is closed of jobs whose `scheduled` is known.
  static void count(DynamoStore::Tables&, std::span<Job>);
};

}  // namespace sosw::aws
