#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "sosw/model/greenfield.h"
#include "sosw/ports/admin_store.h"

namespace sosw::simulation {

/// A task of the model store.
struct Row {
  TaskRecord record;
  Priority priority = Priority::normal;

  const std::string& id() const { return record.task.task_id; }
  bool in_queue() const { return record.table == TaskRecord::Table::queue && !record.task.completed_at; }
  bool completed() const { return record.table == TaskRecord::Table::queue && record.task.completed_at; }
  bool waiting() const { return record.table == TaskRecord::Table::retry; }
  bool closed() const { return record.table == TaskRecord::Table::closed; }
};

/// Rows by id, and the indexes by which a store finds them.
class TaskTable {
 public:
  struct Index {
    std::set<std::pair<std::int64_t, std::string>> queue;  ///< by greenfield: queued, running, expired
    std::set<std::string> completed;
    std::set<std::pair<Time, std::string>> waiting;  ///< by due time
  };

  const Row* find(const std::string& id) const {
    const auto found = rows_.find(id);
    return found == rows_.end() ? nullptr : &found->second;
  }
  const Index& index(const std::string& labourer_id) const;
  const std::map<std::string, Index>& indexes() const { return indexes_; }
  const std::unordered_map<std::string, Row>& rows() const { return rows_; }

  void put(const Row&);

 private:
  void enter(const Row&);
  void leave(const Row&);

  std::unordered_map<std::string, Row> rows_;
  std::map<std::string, Index> indexes_;
};

}  // namespace sosw::simulation
