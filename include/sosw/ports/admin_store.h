#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/job_cells.h"
#include "sosw/model/labourer.h"
#include "sosw/model/task_event.h"
#include "sosw/model/task_filter.h"
#include "sosw/model/task_record.h"

namespace sosw {

/// What operators may read and do while the system runs: the administration side of a store. Small
/// transactions, safe beside a running engine in another process. Same threading rules as TaskStore.
class AdminStore {
 public:
  virtual ~AdminStore() = default;

  virtual std::optional<TaskRecord> find(const std::string& task_id) = 0;
  /// Queue first, then retry, then closed; within each in the order of task_id.
  virtual std::vector<TaskRecord> list(const TaskFilter&) = 0;
  virtual std::vector<TaskEvent> history(const std::string& task_id) = 0;  ///< oldest first

  struct Closed {
    std::int64_t completed = 0;
    std::int64_t dead = 0;
    std::int64_t cancelled = 0;
  };
  virtual Closed count_closed(const std::string& labourer_id) = 0;

  /// The tasks of a job in at most `at_most` cells. Takes about as long for a large job as for a small one.
  /// Returns nullopt for an unknown job, and where the store can't compute it that fast.
  virtual std::optional<JobCells> cells(const std::string& /*job_id*/, std::size_t /*at_most*/,
                                        Time /*now*/) {
    return std::nullopt;
  }

  /// Every labourer that has tasks, controls or history in this store.
  virtual std::vector<std::string> labourer_ids() = 0;

  virtual std::map<std::string, LabourerControl> controls() = 0;
  virtual void set_control(const std::string& labourer_id, const LabourerControl&) = 0;

  /// Moves dead tasks to the front of the queue with attempts 0; waiting ones become due at once. True for
  /// each that was revived. Throws StoreError, naming it, for a task whose payload is not a JSON object.
  virtual std::vector<bool> revive(std::span<const std::string> task_ids, Time now) = 0;

  /// Close queued and waiting tasks as cancelled. True for each; a running or closed task stays as it is.
  virtual std::vector<bool> cancel(std::span<const std::string> task_ids, Time now) = 0;
};

}  // namespace sosw
