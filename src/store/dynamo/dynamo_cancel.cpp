// TaskDesk: what people do.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "store/dynamo/dynamo_expression.h"
#include "store/dynamo/dynamo_jobs.h"
#include "store/dynamo/dynamo_line.h"
#include "store/dynamo/dynamo_moves.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using ClosedAs = TaskRecord::Closed;
using Found = DynamoStore::Tables::Found;
using Table = TaskRecord::Table;

constexpr int kCancelRounds = 8;  // until what moves all the time stays as it is

/// Of several equal ids only the first is meant.
std::vector<std::size_t> firsts_of(std::span<const std::string> ids) {
  std::vector<std::size_t> firsts;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (taken.insert(ids[i]).second) firsts.push_back(i);
  return firsts;
}

/// Plans a move for each task, carries the moves out, and plans anew for those that were in motion. `plan`
/// returns nothing for a task that is to stay.
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
      const auto place = found.find(ids[i]);
      if (place == found.end()) continue;
      if (std::optional<Move> move = plan(i, place->second)) {
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
  const Task task = task_from(found.row);
  const bool queued =
      found.table == Table::queue && !task.completed_at && task.greenfield <= end_of_queue(now);
  if (!queued && found.table != Table::retry) return std::nullopt;
  Move move;
  move.put = {.table = tables.names.closed, .item = closed_row(found.row, ClosedAs::cancelled, now)};
  move.tally = Tally::change_for(task.task_id, ClosedAs::cancelled);
  if (queued) {
    move.remove = {.table = tables.names.tasks, .key = DynamoStore::Tables::key_of(task.task_id)};
    move.remove.condition = unchanged_since(found.row, move.remove.placeholders);
  } else {
    move.remove = {.table = tables.names.retry,
                   .key = DynamoStore::Tables::retry_key(task.labourer_id, task.task_id),
                   .condition = "attribute_exists(task_id)"};
  }
  return move;
}

/// As new, with the same work to do. What other systems need to know of it is kept too.
Item revived_row(const Task& dead, Priority priority, std::int64_t greenfield) {
  Task task{.task_id = dead.task_id,
            .labourer_id = dead.labourer_id,
            .created_at = dead.created_at,
            .greenfield = greenfield,
            .payload = dead.payload};
  return new_row(task, priority);
}

}  // namespace

std::vector<bool> cancel_tasks(DynamoStore::Tables& tables, std::span<const std::string> task_ids, Time now) {
  return move_all(tables, task_ids,
                  [&](std::size_t, const Found& found) { return cancellation(tables, found, now); });
}

std::vector<bool> DynamoStore::cancel(std::span<const std::string> task_ids, Time now) {
  return in_words([&] { return cancel_tasks(*tables_, task_ids, now); });
}

std::vector<bool> DynamoStore::revive(std::span<const std::string> task_ids, Time now) {
  return in_words([&] {
    const auto found = tables_->locate(task_ids);
    for (const std::string& id : task_ids) {
      const auto place = found.find(id);
      if (place == found.end()) continue;
      const TaskRecord record = record_from(place->second.table, place->second.row);
      if (record.table == Table::closed && record.closed == ClosedAs::dead &&
          !is_json_object(record.task.payload))
        throw StoreError(
            fmt::format("task {} can't be tried again: its payload is not a JSON object any more", id));
    }
    std::vector<bool> hastened(task_ids.size(), false);
    for (const std::size_t i : firsts_of(task_ids))
      if (const auto place = found.find(task_ids[i]);
          place != found.end() && place->second.table == Table::retry)
        hastened[i] = hasten(place->second.row, now);

    std::map<std::size_t, std::int64_t> positions;
    for (std::size_t i = task_ids.size(); i-- > 0;) {  // from the last one, so that the first is in front
      const auto place = found.find(task_ids[i]);
      if (place == found.end() || place->second.table != Table::closed) continue;
      const TaskRecord record = record_from(Table::closed, place->second.row);
      if (record.closed != ClosedAs::dead) continue;
      Line line(*tables_, record.task.labourer_id, priority_of_row(place->second.row));
      positions[i] = line.join_front(1);
    }
    std::vector<bool> revived =
        move_all(*tables_, task_ids, [&](std::size_t i, const Found& there) -> std::optional<Move> {
          const TaskRecord record = record_from(there.table, there.row);
          if (there.table != Table::closed || record.closed != ClosedAs::dead || !positions.contains(i))
            return std::nullopt;
          Move move;
          move.put = {.table = tables_->names.tasks,
                      .item = revived_row(record.task, priority_of_row(there.row), positions[i]),
                      .condition = "attribute_not_exists(labourer_id)"};
          move.remove = {
              .table = tables_->names.closed,
              .key = Tables::key_of(record.task.task_id),
              .condition = "labourer_id_task_status = :dead",
              .placeholders = {{}, {{":dead", closed_status(record.task.labourer_id, ClosedAs::dead)}}}};
          move.tally = Tally::change_for(record.task.task_id, ClosedAs::dead, true);
          return move;
        });
    for (std::size_t i = 0; i < revived.size(); ++i) revived[i] = revived[i] || hastened[i];
    return revived;
  });
}

bool DynamoStore::hasten(const Item& waiting, Time now) {
  const TaskRecord record = record_from(TaskRecord::Table::retry, waiting);
  if (record.due && *record.due <= now) return true;
  return tables_->db
      .update(UpdateItem{.table = tables_->names.retry,
                         .key = Tables::retry_key(record.task.labourer_id, record.task.task_id),
                         .update = "SET desired_launch_time = :now",
                         .condition = "attribute_exists(task_id)",
                         .placeholders = {{}, {{":now", now}}},
                         .repeat = Repeat::always})
      .done();
}

void DynamoStore::set_control(const std::string& labourer_id, const LabourerControl& control) {
  Item value{{"paused", AttributeValue::boolean(control.paused)}};
  if (control.limit) value.emplace("limit", *control.limit);
  in_words([&] {
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
