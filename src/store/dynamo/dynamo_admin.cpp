// AdminStore: reading; and counts.

#include <algorithm>

#include "sosw/model/task_id.h"

#include "store/dynamo/dynamo_jobs.h"
#include "store/dynamo/dynamo_tables.h"
#include "store/dynamo/event_rows.h"

namespace sosw::aws {
namespace {

using ClosedAs = TaskRecord::Closed;
using Table = TaskRecord::Table;

constexpr std::size_t kEveryRow = std::numeric_limits<std::size_t>::max();

std::vector<Item> scan_all(DynamoDb& db, const std::string& table) {
  std::vector<Item> rows;
  Scan scan{.table = table};
  do {
    Page page = db.scan(scan);
    std::move(page.items.begin(), page.items.end(), std::back_inserter(rows));
    scan.start_after = std::move(page.last_key);
  } while (scan.start_after);
  return rows;
}

std::vector<Task> tasks_of(const std::vector<Item>& rows) {
  std::vector<Task> tasks;
  tasks.reserve(rows.size());
  for (const Item& row : rows) tasks.push_back(task_from(row));
  return tasks;
}

}  // namespace

std::vector<Task> DynamoStore::completed(const std::string& labourer_id, std::size_t at_most) {
  return as_store_error(
      [&] { return tasks_of(tables_->queue_rows(labourer_id, completed_range(), kCompleted, at_most)); });
}

std::vector<Task> DynamoStore::expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                                       std::size_t at_most) {
  return as_store_error([&] {
    return tasks_of(
        tables_->queue_rows(labourer_id, expired_range(now, attempt_timeout), kNotCompleted, at_most));
  });
}

TaskCounts DynamoStore::count(const std::string& labourer_id, Time now, Seconds attempt_timeout) {
  return as_store_error([&] {
    TaskCounts counts;
    counts.queued = tables_->count_queue(labourer_id, queued_range(now), kNotCompleted);
    counts.running = tables_->count_queue(labourer_id, running_range(now, attempt_timeout), kNotCompleted);
    counts.expired = tables_->count_queue(labourer_id, expired_range(now, attempt_timeout), kNotCompleted);
    counts.completed = tables_->count_queue(labourer_id, completed_range(), kCompleted);
    Query waiting = tables_->waiting(labourer_id);
    waiting.count_only = true;
    counts.waiting = tables_->db.count_all(waiting);
    return counts;
  });
}

std::vector<Task> DynamoStore::find_open(std::span<const std::string> task_ids) {
  return as_store_error([&] {
    std::vector<Task> tasks;
    for (const auto& [id, found] : tables_->locate(task_ids))
      if (found.table != Table::closed) tasks.push_back(task_from(found.row));
    return tasks;
  });
}

std::optional<TaskRecord> DynamoStore::find(const std::string& task_id) {
  return as_store_error([&]() -> std::optional<TaskRecord> {
    const auto found = tables_->locate(std::span(&task_id, 1));
    if (found.empty()) return std::nullopt;
    TaskRecord record = record_from(found.begin()->second.table, found.begin()->second.row);
    tables_->texts.complete(record.task);
    return record;
  });
}

std::vector<TaskRecord> DynamoStore::list(const TaskFilter& filter) {
  if (filter.at_most == 0) return {};
  return as_store_error([&] {
    std::vector<TaskRecord> records;
    const auto add = [&](Table table, const Item& row) {
      if (!is_task(row) || !is_task_id(row.at(field::task_id).text())) return;
      TaskRecord record = record_from(table, row);
      if (matches(filter, record)) records.push_back(std::move(record));
    };
    if (!filter.job_id.empty()) {
      const auto job = tables_->row(job_key(filter.job_id));
      std::vector<std::string> ids;
      for (std::int64_t index = 0; job && index < job_from(*job).progress.scheduled; ++index)
        ids.push_back(task_id(filter.job_id, index));
      for (const auto& [id, found] : tables_->locate(ids)) add(found.table, found.row);
    } else {
      for (const Table table : {Table::queue, Table::retry, Table::closed}) {
        if (!looks_in(filter, table)) continue;
        for (const Item& row : rows_of(table, filter)) add(table, row);
      }
    }
    std::ranges::sort(records, is_listed_before);
    if (records.size() > filter.at_most) records.resize(filter.at_most);
    return records;
  });
}

/// All rows of a table that may fit the filter; those of one labourer by an index.
std::vector<Item> DynamoStore::rows_of(TaskRecord::Table table, const TaskFilter& filter) {
  const DynamoTables& names = tables_->names;
  if (table == Table::retry && !filter.labourer_id.empty())
    return tables_->db.query_all(tables_->waiting(filter.labourer_id), kEveryRow);
  if (table == Table::queue && !filter.labourer_id.empty())
    return tables_->queue_rows(filter.labourer_id, GreenfieldRange(), "", kEveryRow);
  if (filter.labourer_id.empty())
    return scan_all(tables_->db, table == Table::queue   ? names.tasks
                                 : table == Table::retry ? names.retry
                                                         : names.closed);
  BatchGet get{.table = names.closed};
  for (const ClosedAs closed : {ClosedAs::completed, ClosedAs::dead, ClosedAs::cancelled}) {
    if (filter.closed && closed != *filter.closed) continue;
    for (const Item& row : tables_->db.query_all(closed_query(filter.labourer_id, closed), kEveryRow))
      get.keys.push_back(Tables::key_of(row.at(field::task_id).text()));
  }
  return get.keys.empty() ? std::vector<Item>() : tables_->db.get_all(get);
}

Query DynamoStore::closed_query(const std::string& labourer_id, TaskRecord::Closed closed) const {
  return {.table = tables_->names.closed,
          .index = tables_->names.closed_by_status,
          .key_condition = "labourer_id_task_status = :status",
          .placeholders = {{}, {{":status", closed_status(labourer_id, closed)}}}};
}

AdminStore::Closed DynamoStore::count_closed(const std::string& labourer_id) {
  return as_store_error([&] {
    const auto count = [&](ClosedAs closed) {
      Query query = closed_query(labourer_id, closed);
      query.count_only = true;
      return tables_->db.count_all(query);
    };
    return AdminStore::Closed{count(ClosedAs::completed), count(ClosedAs::dead), count(ClosedAs::cancelled)};
  });
}

std::vector<TaskEvent> DynamoStore::history(const std::string& task_id) {
  return as_store_error([&] {
    std::vector<TaskEvent> events;
    if (!is_task_id(task_id)) return events;
    const Query query{.table = tables_->names.meta,
                      .key_condition = "task_id = :id",
                      .placeholders = {{}, {{":id", task_id}}},
                      .consistent = true};
    for (const Item& row : tables_->db.query_all(query, kEveryRow)) {
      if (auto event = event_from(row)) events.push_back(*std::move(event));
    }
    return events;
  });
}

std::vector<std::string> DynamoStore::labourer_ids() {
  return as_store_error([&] {
    const auto ids = tables_->labourers();
    return std::vector<std::string>(ids.begin(), ids.end());
  });
}

std::map<std::string, LabourerControl> DynamoStore::controls() {
  return as_store_error([&] {
    std::map<std::string, LabourerControl> controls;
    const auto row = tables_->row(kControlsKey);
    for (const auto& [name, value] : row ? *row : Item()) {
      const Item* fields = std::get_if<Item>(&value.value);
      if (!fields || !name.starts_with("of ")) continue;
      LabourerControl& control = controls[name.substr(3)];
      if (const AttributeValue* paused = aws::find(*fields, "paused")) control.paused = paused->truth();
      if (const AttributeValue* limit = aws::find(*fields, "limit"))
        control.limit = static_cast<int>(limit->integer());
    }
    return controls;
  });
}

}  // namespace sosw::aws
