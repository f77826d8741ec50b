// TaskStore: from queued to running and back.

#include <algorithm>
#include <limits>
#include <map>

#include <spdlog/spdlog.h>

#include "store/dynamo/dynamo_lease.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {
namespace {

constexpr std::int64_t kMarkedAtOnce = 2000;
constexpr Seconds kMarksOf = 30;   // whose capacity a claim may use at once
constexpr int kMarkTries = 3;      // of a mark whose answer is lost
constexpr Seconds kMarksFor = 20;  // the last call may take a while more; a lease holds for longer

/// can_be_released(), as the table checks it.
constexpr const char* kCanBeReleased = "sosw_token = :token AND attribute_not_exists(completed_at)";

/// Marks the first tasks of the queue.
class ClaimRun {
 public:
  ClaimRun(DynamoStore::Tables& tables, const Claim& claim)
      : tables_(tables), claim_(claim), lease_(tables, claim) {}

  std::vector<Task> run() {
    if (!lease_.is_ours()) return {};
    try {
      take_queued(std::min(lease_.room(), affordable()));
    } catch (const AwsError& error) {
      if (claimed_.empty()) throw;
      spdlog::warn("fewer tasks of {} are invoked than could be: {}", claim_.labourer_id, error.what());
    }
    // Those whose first answer was lost came last.
    std::ranges::stable_sort(claimed_, {}, &Task::greenfield);
    return std::move(claimed_);
  }

 private:
  /// Marks within the table's capacity: what its burst regains before the next run.
  std::int64_t affordable() const {
    const auto rate = tables_.db.write_rate(tables_.names.tasks);
    if (!rate) return std::numeric_limits<std::int64_t>::max();
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(*rate * kMarksOf));
  }

  void take_queued(std::int64_t room) {
    Query query = tables_.in_queue(claim_.labourer_id, queued_range(claim_.now));
    while (room > 0) {
      query.limit = std::min(room, kMarkedAtOnce);
      Page page = tables_.db.query(query);
      let_completed_go(page.items);
      if (!page.items.empty() && !lease_.record_marks(page.items)) break;
      marks_until_ = tables_.db.now() + kMarksFor;  // the lease, renewed just now, holds for longer
      const std::size_t before = claimed_.size();
      std::vector<Item> unsure = mark(page.items);
      for (int tries = 1; tries <= kMarkTries && !unsure.empty() && tables_.db.now() < marks_until_;
           ++tries) {
        tables_.db.back_off(tries);
        unsure = mark(take_marked(unsure));
      }
      const std::size_t still_unsure = take_marked(unsure).size();
      room -= static_cast<std::int64_t>(claimed_.size() - before + still_unsure);
      if (!page.last_key) break;
      query.start_after = std::move(page.last_key);
    }
  }

  /// A task that was completed while it was queued is archived, never invoked: it moves to where completed()
  /// finds it.
  void let_completed_go(std::vector<Item>& rows) {
    std::vector<UpdateItem> updates;
    for (const Item& row : rows)
      if (row.contains(field::completed_at))
        updates.push_back(
            {.table = tables_.names.tasks,
             .key = DynamoStore::Tables::key_of(row.at(field::task_id).text()),
             .update = "SET greenfield = :greenfield",
             .condition = kCompleted,
             .placeholders = {{},
                              {{":greenfield", completed_greenfield(task_from(row).greenfield, claim_.now)}}},
             .repeat = Repeat::always});
    if (!updates.empty()) tables_.db.update(updates);
    std::erase_if(rows, [](const Item& row) { return row.contains(field::completed_at); });
  }

  UpdateItem mark_of(const Item& row) const {
    return {
        .table = tables_.names.tasks,
        .key = DynamoStore::Tables::key_of(row.at(field::task_id).text()),
        .update =
            "SET greenfield = :running, sosw_token = :token, sosw_invoked_at = :now, "
            "attempts = if_not_exists(attempts, :zero) + :one",
        .condition = "labourer_id = :labourer AND greenfield <= :last AND attribute_not_exists(completed_at)",
        .placeholders = {{},
                         {{":running", invoked_greenfield(claim_.now)},
                          {":token", claim_.token},
                          {":now", claim_.now},
                          {":zero", 0},
                          {":one", 1},
                          {":labourer", claim_.labourer_id},
                          {":last", queued_range(claim_.now).last}}},
        .returns = UpdateItem::Return::updated_old};
  }

  /// Returns those that may or may not be marked.
  std::vector<Item> mark(const std::vector<Item>& rows) {
    if (rows.empty()) return {};
    std::vector<UpdateItem> updates;
    updates.reserve(rows.size());
    for (const Item& row : rows) updates.push_back(mark_of(row));
    const auto results = tables_.db.update(updates, marks_until_);
    std::vector<Item> unsure;
    std::optional<AwsError> problem;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (results[i].done() && results[i].item) {
        take(rows[i], *results[i].item);
      } else if (results[i].error && results[i].error->maybe_done) {
        unsure.push_back(rows[i]);
      } else if (results[i].error) {
        problem = results[i].error;
      }
    }
    if (problem && claimed_.empty()) throw AwsError(*problem);
    return unsure;
  }

  /// Removes the rows that have our token, and returns the others. `rows` are their previous states.
  std::vector<Item> take_marked(const std::vector<Item>& rows) {
    if (rows.empty()) return {};
    std::map<std::string, const Item*> before;
    std::vector<std::string> ids;
    for (const Item& row : rows) {
      ids.push_back(row.at(field::task_id).text());
      before[ids.back()] = &row;
    }
    for (Item& now : tables_.rows(ids)) {
      const Task task = task_from(now);
      if (task.token != claim_.token) continue;
      now.insert_or_assign(field::greenfield, task_from(*before.at(task.task_id)).greenfield);
      now.insert_or_assign(field::attempts, task.attempts - 1);
      take(std::move(now), {});
      before.erase(task.task_id);
    }
    std::vector<Item> others;
    for (const Item& row : rows)
      if (before.contains(row.at(field::task_id).text())) others.push_back(row);
    return others;
  }

  /// The attributes that a mark changes may have differed from the index; the rest of a task never changes.
  void take(Item row, const Item& before) {
    for (const auto& [name, value] : before) row.insert_or_assign(name, value);
    claimed_.push_back(handed_out(claim_, task_from(row)));
  }

  DynamoStore::Tables& tables_;
  const Claim& claim_;
  Lease lease_;
  Time marks_until_;  ///< by the machine's clock: no mark begins later
  std::vector<Task> claimed_;
};

/// Loads payloads that are in the bucket; a task whose payload is gone gets a note instead, with which no
/// worker is called. Removes and returns those whose payload is temporarily unavailable.
std::vector<Task> make_payloads_whole(LargeTexts& texts, std::vector<Task>& tasks) {
  std::vector<Task> without;
  std::erase_if(tasks, [&](Task& task) {
    if (!texts.is_kept(task.task_id, task.payload)) return false;
    try {
      auto payload = texts.whole(task.task_id, task.payload);
      task.payload = payload ? *std::move(payload) : "its object is not there any more: " + task.payload;
      return false;
    } catch (const AwsError& error) {
      spdlog::warn("task {} goes back in line: its payload can't be read: {}", task.task_id, error.what());
      without.push_back(task);
      return true;
    }
  });
  return without;
}

}  // namespace

std::vector<Task> DynamoStore::claim(const Claim& claim) {
  if (claim.at_most <= 0 || claim.limit <= 0 || claim.labourer_id.empty()) return {};
  return as_store_error([&] {
    std::vector<Task> tasks = ClaimRun(*tables_, claim).run();
    if (!tasks.empty()) tables_->know_labourer(claim.labourer_id);
    const std::vector<Task> without_payload = make_payloads_whole(tables_->texts, tasks);
    try {
      release(without_payload);
    } catch (const StoreError& error) {  // they are retried when they have expired
      spdlog::warn("{} tasks stay invoked: {}", without_payload.size(), error.what());
    }
    return tasks;
  });
}

void DynamoStore::release(std::span<const Task> tasks) {
  std::vector<UpdateItem> updates;
  for (const Task& task : tasks)
    if (!task.task_id.empty() && !task.token.empty())
      updates.push_back(
          {.table = tables_->names.tasks,
           .key = Tables::key_of(task.task_id),
           .update = "SET greenfield = :greenfield, attempts = :attempts "
                     "REMOVE sosw_token, sosw_invoked_at",
           .condition = kCanBeReleased,
           .placeholders =
               {{}, {{":greenfield", task.greenfield}, {":attempts", task.attempts}, {":token", task.token}}},
           .repeat = Repeat::always});
  as_store_error([&] {
    for (const WriteResult& result : tables_->db.update(updates))
      if (result.error) throw AwsError(*result.error);
  });
}

}  // namespace sosw::aws
