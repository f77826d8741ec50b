#include "sosw/model/task_filter.h"

#include <tuple>

#include "sosw/model/task_id.h"

namespace sosw {

bool looks_in(const TaskFilter& filter, TaskRecord::Table table) {
  return filter.closed ? table == TaskRecord::Table::closed : !filter.table || *filter.table == table;
}

bool matches(const TaskFilter& filter, const TaskRecord& record) {
  return looks_in(filter, record.table) && (!filter.closed || record.closed == *filter.closed) &&
         (filter.labourer_id.empty() || record.task.labourer_id == filter.labourer_id) &&
         (filter.job_id.empty() || job_id_of(record.task.task_id) == filter.job_id) &&
         record.task.task_id > filter.after;
}

bool is_listed_before(const TaskRecord& a, const TaskRecord& b) {
  return std::tie(a.table, a.task.task_id) < std::tie(b.table, b.task.task_id);
}

}  // namespace sosw
