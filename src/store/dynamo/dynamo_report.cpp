// TaskStore: workers' reports.

#include <algorithm>
#include <set>

#include "store/dynamo/dynamo_expression.h"
#include "store/dynamo/dynamo_moves.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {
namespace {

using Table = TaskRecord::Table;

constexpr int kReportRounds = 8;  // until a task that keeps changing is given up

/// The row as the report changes it.
Item after(DynamoStore::Tables& tables, const Report& report, const TaskRecord& record, const Item& row) {
  Item changed = restood(row, record.task, after_report(report, record).task);
  set_said(changed, report.stats, tables.result_for(row, report.stats, report.result),
           report.succeeded ? "" : report.reason);
  return changed;
}

/// Undecided reports; one at a time per task, in their order.
class ReportRun {
 public:
  ReportRun(DynamoStore::Tables& tables, std::span<const Report> reports)
      : tables_(tables), reports_(reports), answers_(reports.size()) {
    for (std::size_t i = 0; i < reports.size(); ++i) pending_.push_back(i);
  }

  std::vector<ReportAnswer> run() {
    for (int round = 0; !pending_.empty(); ++round) {
      if (round >= kReportRounds + static_cast<int>(reports_.size()))
        throw StoreError("some tasks moved all the time while their workers' reports were recorded");
      do_round();
    }
    return std::move(answers_);
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
      const auto it = found.find(reports_[i].task_id);
      if (it == found.end()) {
        decide(i, ReportOutcome::unknown);
        continue;
      }
      const auto& [table, row] = it->second;
      const TaskRecord record = record_from(table, row);
      answers_[i].labourer_id = record.task.labourer_id;
      const ReportOutcome outcome = outcome_of(reports_[i], record);
      if (outcome != ReportOutcome::recorded) {
        decide(i, was_ours(i, record.task) ? ReportOutcome::recorded : outcome);
      } else if (table == Table::queue) {
        updated.push_back(i);
        updates.push_back(change_of(tables_.names.tasks, row, after(tables_, reports_[i], record, row)));
      } else {
        moved.push_back(i);
        moves.push_back(back_to_queue(tables_, row, after(tables_, reports_[i], record, row)));
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

  /// Whether an earlier try of unknown outcome succeeded.
  bool was_ours(std::size_t i, const Task& stored) const {
    return unsure_.contains(i) && shows(reports_[i], stored);
  }

  void decide(std::size_t i, ReportOutcome outcome) {
    answers_[i].outcome = outcome;
    std::erase(pending_, i);
  }

  DynamoStore::Tables& tables_;
  std::span<const Report> reports_;
  std::vector<ReportAnswer> answers_;
  std::vector<std::size_t> pending_;
  std::set<std::size_t> unsure_;
};

}  // namespace

std::vector<ReportAnswer> DynamoStore::report(std::span<const Report> reports) {
  return as_store_error([&] { return ReportRun(*tables_, reports).run(); });
}

}  // namespace sosw::aws
