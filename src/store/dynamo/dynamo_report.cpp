// TaskStore: what workers say.

#include <algorithm>
#include <set>

#include "store/dynamo/dynamo_expression.h"
#include "store/dynamo/dynamo_moves.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {
namespace {

using Table = TaskRecord::Table;

constexpr int kReportRounds = 8;  // until what moves all the time is given up

ReportOutcome judge(const Report& report, const TaskRecord& record) {
  const Task& task = record.task;
  if (record.table == Table::closed) return ReportOutcome::closed;
  if (report.succeeded) return task.completed_at ? ReportOutcome::repeated : ReportOutcome::recorded;
  if (report.token && *report.token != task.token) return ReportOutcome::stale;
  if (task.completed_at) return ReportOutcome::repeated;
  const bool invoked = record.table == Table::queue && task.greenfield > end_of_queue(report.now);
  // The end of the newest attempt is known already; who speaks without a token may be any older one.
  if (!invoked) return report.token ? ReportOutcome::repeated : ReportOutcome::stale;
  return failure_was_reported(task) ? ReportOutcome::repeated : ReportOutcome::recorded;
}

/// Other systems only leave it in the greenfield.
Time invocation_of(const Task& task) {
  return task.invoked_at.value_or(Time(static_cast<double>(task.greenfield - kGreenfieldDelta)));
}

/// Below the greenfield of its invocation, so that a second report is known as such.
std::int64_t failed_greenfield(const Task& task, const Report& report) {
  return std::min(newest_expired_greenfield(report.now, report.lapse),
                  invoked_greenfield(invocation_of(task)) - 1);
}

/// The row as the report changes it.
Item after(DynamoStore::Tables& tables, const Report& report, Item row) {
  const std::string result = tables.result_for(row, report.stats, report.result);
  const Task task = task_from(row);
  if (report.succeeded) {
    row.insert_or_assign(field::completed_at, report.now);
    // Where completed() looks; only a task that ran stands there already.
    if (task.greenfield <= end_of_queue(report.now))
      row.insert_or_assign(field::greenfield, invoked_greenfield(report.now));
    set_said(row, report.stats, result, "");
  } else {
    row.insert_or_assign(field::invoked_at, invocation_of(task));
    row.insert_or_assign(field::greenfield, failed_greenfield(task, report));
    row.insert_or_assign(field::failed_attempts, task.failed_attempts + 1);
    set_said(row, report.stats, result, report.reason);
  }
  return row;
}

/// Reports that are not decided yet; of each task one at a time, in their order.
class ReportRun {
 public:
  ReportRun(DynamoStore::Tables& tables, std::span<const Report> reports)
      : tables_(tables), reports_(reports), outcomes_(reports.size(), ReportOutcome::unknown) {
    for (std::size_t i = 0; i < reports.size(); ++i) pending_.push_back(i);
  }

  std::vector<ReportOutcome> run() {
    for (int round = 0; !pending_.empty(); ++round) {
      if (round >= kReportRounds + static_cast<int>(reports_.size()))
        throw StoreError("some tasks moved all the time while their workers' reports were recorded");
      do_round();
    }
    return std::move(outcomes_);
  }

 private:
  void do_round() {
    std::vector<std::size_t> now;
    std::vector<std::string> ids;
    std::set<std::string> taken;
    for (const std::size_t i : pending_) {
      if (!taken.insert(reports_[i].task_id).second) continue;
      now.push_back(i);
      ids.push_back(reports_[i].task_id);
    }
    const auto found = tables_.locate(ids);
    std::vector<std::size_t> updated, moved;
    std::vector<UpdateItem> updates;
    std::vector<Move> moves;
    for (const std::size_t i : now) {
      const auto place = found.find(reports_[i].task_id);
      if (place == found.end()) {
        decide(i, ReportOutcome::unknown);
        continue;
      }
      const auto& [table, row] = place->second;
      const ReportOutcome outcome = judge(reports_[i], record_from(table, row));
      if (outcome != ReportOutcome::recorded) {
        decide(i, was_ours(i, row) ? ReportOutcome::recorded : outcome);
      } else if (table == Table::queue) {
        updated.push_back(i);
        updates.push_back(change_of(tables_.names.tasks, row, after(tables_, reports_[i], row)));
      } else {
        moved.push_back(i);
        moves.push_back(back_to_queue(tables_, row, after(tables_, reports_[i], row)));
      }
    }
    const auto results = tables_.db.update(updates);
    bool hindered = false;
    for (std::size_t k = 0; k < updated.size(); ++k) {
      if (results[k].done()) decide(updated[k], ReportOutcome::recorded);
      if (results[k].error && results[k].error->maybe_done) unsure_.insert(updated[k]);
      if (results[k].error && !results[k].error->retryable) throw AwsError(*results[k].error);
      hindered = hindered || results[k].error;
    }
    if (hindered) tables_.db.back_off();
    const auto ends = carry_out(tables_, moves);
    for (std::size_t k = 0; k < moved.size(); ++k)
      if (ends[k] == Moved::yes) decide(moved[k], ReportOutcome::recorded);
  }

  /// Whether an earlier try of unknown outcome did it after all.
  bool was_ours(std::size_t i, const Item& row) const {
    if (!unsure_.contains(i)) return false;
    const Task task = task_from(row);
    if (reports_[i].succeeded) return task.completed_at == reports_[i].now;
    return failure_was_reported(task) && task.greenfield == failed_greenfield(task, reports_[i]);
  }

  void decide(std::size_t i, ReportOutcome outcome) {
    outcomes_[i] = outcome;
    std::erase(pending_, i);
  }

  DynamoStore::Tables& tables_;
  std::span<const Report> reports_;
  std::vector<ReportOutcome> outcomes_;
  std::vector<std::size_t> pending_;
  std::set<std::size_t> unsure_;
};

}  // namespace

std::vector<ReportOutcome> DynamoStore::report(std::span<const Report> reports) {
  return in_words([&] { return ReportRun(*tables_, reports).run(); });
}

}  // namespace sosw::aws
