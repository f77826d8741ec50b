#pragma once

#include "sosw/model/time.h"

#include "store/sqlite/closed_counts.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/task_keys.h"

namespace sosw {

/// Closes a task as cancelled if it can be; whether it could.
bool cancel_task(SqliteConnection&, TaskKey, Time now, ClosedCounts&);

}  // namespace sosw
