// TaskStore: out of the queue table.

#include <set>

#include "store/dynamo/dynamo_expression.h"
#include "store/dynamo/dynamo_moves.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {
namespace {

using Closed = TaskRecord::Closed;
using Table = TaskRecord::Table;
using To = Settlement::To;

constexpr int kSettleRounds = 8;  // until a task that keeps changing is left to the next run

/// Applies settlements; one at a time per task, in their order.
class SettleRun {
 public:
  SettleRun(DynamoStore::Tables& tables, std::span<const Settlement> moves)
      : tables_(tables), moves_(moves), moved_(moves.size(), false) {
    for (std::size_t i = 0; i < moves.size(); ++i) pending_.insert(i);
  }

  std::vector<bool> run() {
    for (int round = 0; !pending_.empty() && round < kSettleRounds + static_cast<int>(moves_.size()); ++round)
      do_round();
    return std::move(moved_);
  }

 private:
  struct Completion {
    std::size_t index;
    Item row;  ///< with completed_at
  };

  void do_round() {
    const std::vector<std::size_t> now = first_of_each_task();
    std::vector<std::string> ids;
    ids.reserve(now.size());
    for (const std::size_t i : now) ids.push_back(moves_[i].task_id);
    const auto found = tables_.locate(ids);
    completed_.clear(), updates_.clear(), updated_.clear(), transfers_.clear(), transferred_.clear();
    for (const std::size_t i : now) {
      const auto it = found.find(moves_[i].task_id);
      if (it == found.end()) {
        pending_.erase(i);
        continue;
      }
      const TaskRecord record = record_from(it->second.table, it->second.row);
      if (!applies(moves_[i], record))
        pending_.erase(i);
      else if (moves_[i].to == To::completed)
        plan_completion(i, it->second, record);
      else
        plan_transfer(i, it->second, record);
    }
    carry_out_plans();
    archive();
  }

  std::vector<std::size_t> first_of_each_task() const {
    std::vector<std::size_t> firsts;
    std::set<std::string> taken;
    for (const std::size_t i : pending_)
      if (taken.insert(moves_[i].task_id).second) firsts.push_back(i);
    return firsts;
  }

  /// First the row is marked completed, after which it is not moved; then it is archived.
  void plan_completion(std::size_t i, const DynamoStore::Tables::Found& found, const TaskRecord& record) {
    const Settlement& move = moves_[i];
    Task completed = after_settlement(move, record).task;
    completed.greenfield = completed_greenfield(completed.greenfield, move.now);
    Item row = restood(found.row, record.task, completed);
    say(row, move);
    if (record.task.completed_at) {
      completed_.push_back({i, std::move(row)});
    } else if (found.table == Table::queue) {
      updated_.push_back({i, row});
      updates_.push_back(change_of(tables_.names.tasks, found.row, row));
    } else {
      Move transfer = back_to_queue(tables_, found.row, std::move(row));
      transferred_.push_back(i);
      transfers_.push_back(std::move(transfer));
    }
  }

  void plan_transfer(std::size_t i, const DynamoStore::Tables::Found& found, const TaskRecord& record) {
    const Settlement& move = moves_[i];
    const TaskRecord moved = after_settlement(move, record);
    Item row = found.row;
    say(row, move);
    Move transfer;
    transfer.remove = {.table = tables_.names.tasks, .key = DynamoStore::Tables::key_of(move.task_id)};
    transfer.remove.condition = unchanged_since(found.row, transfer.remove.placeholders);
    if (moved.table == Table::retry) {
      transfer.put = {.table = tables_.names.retry, .item = waiting_row(std::move(row), *moved.due)};
      tables_.know_labourer(record.task.labourer_id);
    } else {
      transfer.put = {.table = tables_.names.closed,
                      .item = closed_row(std::move(row), moved.closed, *moved.closed_at)};
      transfer.closed_change = ClosedSets::change_for(move.task_id, moved.closed);
    }
    transferred_.push_back(i);
    transfers_.push_back(std::move(transfer));
  }

  void say(Item& row, const Settlement& move) {
    set_said(row, move.stats, tables_.result_for(row, move.stats, move.result), move.reason);
  }

  void carry_out_plans() {
    const auto results = tables_.db.update(updates_);
    bool hindered = false;
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (results[k].done()) completed_.push_back(std::move(updated_[k]));
      if (results[k].error && !results[k].error->retryable) throw AwsError(*results[k].error);
      hindered = hindered || results[k].error;
    }
    if (hindered) tables_.db.back_off();
    const auto ends = carry_out(tables_, transfers_);
    for (std::size_t k = 0; k < ends.size(); ++k) {
      const std::size_t i = transferred_[k];
      if (ends[k] != Moved::yes) continue;
      if (moves_[i].to == To::completed)
        completed_.push_back({i, transfers_[k].put.item});
      else
        finish(i);
    }
  }

  /// Each step is harmless to repeat, and a task is in the closed table and counted before it leaves.
  void archive() {
    if (completed_.empty()) return;
    BatchWrite puts{.table = tables_.names.closed, .key_names = {field::task_id}};
    BatchWrite deletes{.table = tables_.names.tasks, .key_names = {field::task_id}};
    std::vector<ClosedSets::Change> changes;
    for (const Completion& completion : completed_) {
      const Settlement& move = moves_[completion.index];
      puts.puts.push_back(closed_row(completion.row, Closed::completed, move.now));
      if (const auto change = ClosedSets::change_for(move.task_id, Closed::completed))
        changes.push_back(*change);
      deletes.deletes.push_back(DynamoStore::Tables::key_of(move.task_id));
    }
    write(puts);
    ClosedSets::add(tables_, changes);
    write(deletes);
    for (const Completion& completion : completed_) finish(completion.index);
  }

  void write(const BatchWrite& batch) {
    const BatchWriteResult result = tables_.db.write_all(batch);
    if (!result.all_done()) throw AwsError(*result.error);
  }

  void finish(std::size_t i) {
    moved_[i] = true;
    pending_.erase(i);
  }

  DynamoStore::Tables& tables_;
  std::span<const Settlement> moves_;
  std::vector<bool> moved_;
  std::set<std::size_t> pending_;

  std::vector<Completion> completed_;  // ready to be archived
  std::vector<UpdateItem> updates_;
  std::vector<Completion> updated_;  // the updated rows
  std::vector<Move> transfers_;
  std::vector<std::size_t> transferred_;
};

}  // namespace

std::vector<bool> DynamoStore::settle(std::span<const Settlement> moves) {
  return as_store_error([&] { return SettleRun(*tables_, moves).run(); });
}

}  // namespace sosw::aws
