// AdminStore: actions.

#include <algorithm>
#include <set>

#include "sosw/model/manual_moves.h"

#include "store/dynamo/dynamo_expression.h"
#include "store/dynamo/dynamo_jobs.h"
#include "store/dynamo/dynamo_moves.h"
#include "store/dynamo/dynamo_queue_positions.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using ClosedAs = TaskRecord::Closed;
using Found = DynamoStore::Tables::Found;
using Table = TaskRecord::Table;

constexpr int kCancelRounds = 8;  // until a task that keeps changing is left as it is

/// Of several equal ids only the first counts.
std::vector<std::size_t> firsts_of(std::span<const std::string> ids) {
  std::vector<std::size_t> firsts;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (taken.insert(ids[i]).second) firsts.push_back(i);
  return firsts;
}

/// Plans a move for each task, executes the moves, and plans anew for tasks that changed meanwhile. `plan`
/// returns nullopt for a task that is to stay.
template <class Plan>
std::vector<bool> move_all(DynamoStore::Tables& tables, std::span<const std::string> ids, Plan plan) {
  std::vector<bool> moved(ids.size(), false);
  std::vector<std::size_t> pending = firsts_of(ids);
  for (int round = 0; round < kCancelRounds && !pending.empty(); ++round) {
    std::vector<std::string> asked;
    asked.reserve(pending.size());
    for (const std::size_t i : pending) asked.push_back(ids[i]);
    const auto found = tables.locate(asked);
    std::vector<Move> moves;
    std::vector<std::size_t> moving;
    for (const std::size_t i : pending) {
      const auto it = found.find(ids[i]);
      if (it == found.end()) continue;
      if (std::optional<Move> move = plan(i, it->second)) {
        moves.push_back(*std::move(move));
        moving.push_back(i);
      }
    }
    pending.clear();
    const auto ends = carry_out(tables, moves);
    for (std::size_t k = 0; k < moving.size(); ++k) {
      if (ends[k] == Moved::yes)
        moved[moving[k]] = true;
      else
        pending.push_back(moving[k]);
    }
  }
  return moved;
}

std::optional<Move> cancellation(const DynamoStore::Tables& tables, const Found& found, Time now) {
  const TaskRecord record = record_from(found.table, found.row);
  if (!can_be_cancelled(record, now)) return std::nullopt;
  const Task& task = record.task;
  Move move;
  move.put = {.table = tables.names.closed, .item = closed_row(found.row, ClosedAs::cancelled, now)};
  move.closed_change = ClosedSets::change_for(task.task_id, ClosedAs::cancelled);
  if (found.table == Table::queue) {
    move.remove = {.table = tables.names.tasks, .key = DynamoStore::Tables::key_of(task.task_id)};
    move.remove.condition = unchanged_since(found.row, move.remove.placeholders);
  } else {
    move.remove = {.table = tables.names.retry,
                   .key = DynamoStore::Tables::retry_key(task.labourer_id, task.task_id),
                   .condition = "attribute_exists(task_id)"};
  }
  return move;
}

Revival revival_of(const Found& found) { return revival_of(record_from(found.table, found.row)); }

}  // namespace

std::vector<bool> cancel_tasks(DynamoStore::Tables& tables, std::span<const std::string> task_ids, Time now) {
  return move_all(tables, task_ids,
                  [&](std::size_t, const Found& found) { return cancellation(tables, found, now); });
}

std::vector<bool> DynamoStore::cancel(std::span<const std::string> task_ids, Time now) {
  return as_store_error([&] { return cancel_tasks(*tables_, task_ids, now); });
}

std::vector<bool> DynamoStore::revive(std::span<const std::string> task_ids, Time now) {
  return as_store_error([&] {
    const auto found = tables_->locate(task_ids);
    for (const std::string& id : task_ids) {
      const auto it = found.find(id);
      if (it == found.end()) continue;
      if (revival_of(it->second) == Revival::renewal && !is_json_object(task_from(it->second.row).payload))
        throw StoreError(unreadable_payload(id));
    }
    std::vector<bool> hastened(task_ids.size(), false);
    for (const std::size_t i : firsts_of(task_ids))
      if (const auto it = found.find(task_ids[i]);
          it != found.end() && revival_of(it->second) == Revival::hastening)
        hastened[i] = hasten(it->second.row, now);

    std::map<std::size_t, std::int64_t> positions;
    for (std::size_t i = task_ids.size(); i-- > 0;) {  // from the last one, so that the first is in front
      const auto it = found.find(task_ids[i]);
      if (it == found.end() || revival_of(it->second) != Revival::renewal) continue;
      QueuePositions queue_positions(*tables_, task_from(it->second.row).labourer_id,
                                     priority_of_row(it->second.row));
      positions[i] = queue_positions.reserve_front(1);
    }
    std::vector<bool> revived =
        move_all(*tables_, task_ids, [&](std::size_t i, const Found& there) -> std::optional<Move> {
          const TaskRecord record = record_from(there.table, there.row);
          if (revival_of(record) != Revival::renewal || !positions.contains(i)) return std::nullopt;
          Move move;
          move.put = {.table = tables_->names.tasks,
                      .item = new_row(renewed(record, positions[i]).task, priority_of_row(there.row)),
                      .condition = "attribute_not_exists(labourer_id)"};
          move.remove = {
              .table = tables_->names.closed,
              .key = Tables::key_of(record.task.task_id),
              .condition = "labourer_id_task_status = :dead",
              .placeholders = {{}, {{":dead", closed_status(record.task.labourer_id, ClosedAs::dead)}}}};
          move.closed_change = ClosedSets::change_for(record.task.task_id, ClosedAs::dead, true);
          return move;
        });
    for (std::size_t i = 0; i < revived.size(); ++i) revived[i] = revived[i] || hastened[i];
    return revived;
  });
}

bool DynamoStore::hasten(const Item& waiting, Time now) {
  const TaskRecord record = record_from(TaskRecord::Table::retry, waiting);
  const Time due = hastened_due(record, now);
  if (record.due == due) return true;
  return tables_->db
      .update(UpdateItem{.table = tables_->names.retry,
                         .key = Tables::retry_key(record.task.labourer_id, record.task.task_id),
                         .update = "SET desired_launch_time = :due",
                         .condition = "attribute_exists(task_id)",
                         .placeholders = {{}, {{":due", due}}},
                         .repeat = Repeat::always})
      .done();
}

void DynamoStore::set_control(const std::string& labourer_id, const LabourerControl& control) {
  Item value{{"paused", AttributeValue::boolean(control.paused)}};
  if (control.limit) value.emplace("limit", *control.limit);
  as_store_error([&] {
    tables_->know_labourer(labourer_id);
    tables_->db.update(
        UpdateItem{.table = tables_->names.tasks,
                   .key = Tables::key_of(kControlsKey),
                   .update = "SET #labourer = :control",
                   .placeholders = {{{"#labourer", "of " + labourer_id}}, {{":control", value}}},
                   .repeat = Repeat::always});
  });
}

}  // namespace sosw::aws
