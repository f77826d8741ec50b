#include "store/sqlite/cancel_task.h"

#include "sosw/model/manual_moves.h"

#include "store/sqlite/rows.h"

namespace sosw {

bool cancel_task(SqliteConnection& db, TaskKey key, Time now, ClosedCounts& closed_counts) {
  auto stored = standing_of(db, key);
  if (!stored || !can_be_cancelled(*stored, now)) return false;
  const TaskRecord cancelled = closed_as(*std::move(stored), TaskRecord::Closed::cancelled, now);
  set_standing(db, key, cancelled);
  closed_counts.count(key.job, cancelled.closed);
  return true;
}

}  // namespace sosw
