#include "sosw/model/settlement.h"

namespace sosw {
namespace {

using Table = TaskRecord::Table;
using To = Settlement::To;

bool is_as_seen(const Settlement::Seen& seen, const TaskRecord& record) {
  return record.table == Table::queue && record.task.greenfield == seen.greenfield &&
         record.task.token == seen.token;
}

}  // namespace

bool applies(const Settlement& settlement, const TaskRecord& record) {
  if (record.table == Table::closed) return false;
  if (settlement.seen && !is_as_seen(*settlement.seen, record)) return false;
  return settlement.to == To::completed || (settlement.seen && !record.task.completed_at);
}

TaskRecord after_settlement(const Settlement& settlement, TaskRecord record) {
  Task& task = record.task;
  replace_words(task, settlement.stats, settlement.result);
  if (!settlement.reason.empty()) task.reason = settlement.reason;
  switch (settlement.to) {
    case To::retry:
      return waiting_until(settlement.due, std::move(record));
    case To::dead:
      return closed_as(std::move(record), TaskRecord::Closed::dead, settlement.now);
    case To::completed:
      break;
  }
  if (!task.completed_at) task.completed_at = settlement.now;
  return closed_as(std::move(record), TaskRecord::Closed::completed, settlement.now);
}

}  // namespace sosw
