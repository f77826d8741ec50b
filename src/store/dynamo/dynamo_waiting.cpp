// TaskStore: tasks that wait for a retry or for their due time.

#include <algorithm>

#include "sosw/model/queue_position.h"

#include "store/dynamo/dynamo_expression.h"
#include "store/dynamo/dynamo_moves.h"
#include "store/dynamo/dynamo_queue_positions.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {
namespace {

constexpr int kWaitingRounds = 8;

/// Positions for rows in the order of their due times.
void give_positions(DynamoStore::Tables& tables, const std::string& labourer_id, std::vector<Item>& rows) {
  std::vector<Joining> due;
  due.reserve(rows.size());
  for (const Item& row : rows) due.push_back({priority_of_row(row), task_from(row).attempts});
  for (const auto& [priority, order] : joining_order(due)) {
    QueuePositions queue_positions(tables, labourer_id, priority);
    std::int64_t front =
        order.in_front.empty() ? 0 : queue_positions.reserve_front(std::ssize(order.in_front));
    for (const std::size_t i : order.in_front) rows[i].insert_or_assign(field::greenfield, front++);
    for (const std::size_t i : order.at_end)
      rows[i].insert_or_assign(field::greenfield, queue_positions.reserve_end());
  }
}

/// Waiting tasks that are in the tasks table already: a late report of another system completed them while
/// they waited, or a move was interrupted between its two writes.
void mend(DynamoStore::Tables& tables, const std::vector<Item>& waiting, Time now) {
  std::vector<Move> moves;
  std::vector<DeleteItem> deletes;
  for (const Item& row : waiting) {
    const auto there = tables.row(row.at(field::task_id).text());
    if (!there) continue;  // gone, or moved by another process
    if (is_task(*there)) {
      deletes.push_back({.table = tables.names.retry,
                         .key = DynamoStore::Tables::retry_key(row.at(field::labourer_id).text(),
                                                               row.at(field::task_id).text()),
                         .condition = "desired_launch_time = :seen",  // else it has come back to wait again
                         .placeholders = {{}, {{":seen", row.at(field::due)}}},
                         .repeat = Repeat::always});
      continue;
    }
    Item completed = row;
    for (const auto& [name, value] : *there) completed.insert_or_assign(name, value);
    completed.insert_or_assign(field::greenfield, completed_greenfield(task_from(completed).greenfield, now));
    moves.push_back(back_to_queue(tables, row, std::move(completed)));
  }
  carry_out(tables, moves);
  tables.db.remove(deletes);
}

}  // namespace

std::vector<Task> DynamoStore::requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) {
  if (at_most == 0 || labourer_id.empty()) return {};
  return as_store_error([&] {
    Query due = tables_->waiting(labourer_id);
    due.key_condition += " AND desired_launch_time <= :now";
    due.placeholders.values.emplace(":now", now);
    std::vector<Item> rows = tables_->db.query_all(due, at_most);
    give_positions(*tables_, labourer_id, rows);

    std::vector<Move> moves;
    moves.reserve(rows.size());
    for (const Item& row : rows) moves.push_back(back_to_queue(*tables_, row, row));
    std::vector<Item> in_the_way;
    std::vector<Task> tasks(rows.size());
    std::vector<std::size_t> pending(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) pending[i] = i;
    for (int round = 0; round < kWaitingRounds && !pending.empty(); ++round) {
      std::vector<Move> now_moving;
      now_moving.reserve(pending.size());
      for (const std::size_t i : pending) now_moving.push_back(moves[i]);
      const auto ends = carry_out(*tables_, now_moving);
      std::vector<std::size_t> again;
      for (std::size_t k = 0; k < pending.size(); ++k) {
        if (ends[k] == Moved::yes) tasks[pending[k]] = task_from(moves[pending[k]].put.item);
        if (ends[k] == Moved::later) again.push_back(pending[k]);
        if (ends[k] == Moved::lost) in_the_way.push_back(rows[pending[k]]);
      }
      pending = std::move(again);
    }
    mend(*tables_, in_the_way, now);
    std::erase_if(tasks, [](const Task& task) { return task.task_id.empty(); });
    return tasks;
  });
}

std::optional<Time> DynamoStore::next_due() {
  return as_store_error([&] {
    std::vector<Query> queries;
    for (const std::string& labourer_id : tables_->labourers()) {
      queries.push_back(tables_->waiting(labourer_id));
      queries.back().limit = 1;
    }
    std::optional<Time> next;
    for (auto& result : tables_->db.query(queries)) {
      const Page page = result.take();
      if (page.items.empty()) continue;
      const auto due = record_from(TaskRecord::Table::retry, page.items.front()).due;
      if (due && (!next || *due < *next)) next = due;
    }
    return next;
  });
}

}  // namespace sosw::aws
