#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>

#include "sosw/model/task.h"

namespace sosw {

/// The invocations whose end this process will see itself. Whatever their workers report, the function is at
/// work until then: such a task takes a place of its labourer, and is neither closed nor tried again.
class UnderWay {
 public:
  void begin(const Task& task) { ids_[task.labourer_id].insert(task.task_id); }
  void end(const Task& task) { ids_[task.labourer_id].erase(task.task_id); }

  bool contains(const Task& task) const {
    const auto ids = ids_.find(task.labourer_id);
    return ids != ids_.end() && ids->second.contains(task.task_id);
  }
  std::int64_t count(const std::string& labourer_id) const {
    const auto ids = ids_.find(labourer_id);
    return ids == ids_.end() ? 0 : static_cast<std::int64_t>(ids->second.size());
  }

 private:
  std::map<std::string, std::unordered_set<std::string>> ids_;  ///< of tasks, by labourer
};

}  // namespace sosw
