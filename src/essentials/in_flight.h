#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "sosw/model/task.h"
#include "sosw/model/time.h"

namespace sosw {

/// The invocations whose end this process will see itself, by labourer and attempt. Whatever their workers
/// report, the function runs until then: such a task takes a slot of its labourer, and is neither closed nor
/// retried.
class InFlight {
 public:
  void begin(const Task& task, Time now) { attempts_[task.labourer_id][key_of(task)] = now; }
  void end(const Task& task) { attempts_[task.labourer_id].erase(key_of(task)); }

  /// Without those that began longer than `attempt_timeout` ago: a worker that can't be killed is given up
  /// like a lost one.
  bool contains(const Task& task, Time now, Seconds attempt_timeout) const {
    const auto attempts = attempts_.find(task.labourer_id);
    if (attempts == attempts_.end()) return false;
    const auto begun = attempts->second.find(key_of(task));
    return begun != attempts->second.end() && now < begun->second + attempt_timeout;
  }
  std::int64_t count(const std::string& labourer_id) const {
    const auto attempts = attempts_.find(labourer_id);
    return attempts == attempts_.end() ? 0 : static_cast<std::int64_t>(attempts->second.size());
  }

 private:
  static std::string key_of(const Task& task) { return task.task_id + ' ' + task.token; }

  std::map<std::string, std::unordered_map<std::string, Time>> attempts_;  ///< when each began, by labourer
};

}  // namespace sosw
