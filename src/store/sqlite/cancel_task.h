#pragma once

#include "sosw/model/time.h"

#include "store/sqlite/closed_counts.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/task_keys.h"

namespace sosw {

/// Closes a task as cancelled if possible; returns whether it was.
bool cancel_task(SqliteConnection&, TaskKey, Time now, ClosedCounts&);

}  // namespace sosw
