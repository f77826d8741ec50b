#pragma once

#include <cstdint>
#include <vector>

namespace sosw {

/// The states of a job's tasks, grouped into as many cells as a picture has room for.
struct JobCells {
  /// How many tasks of a cell are in each state; "waiting" for a retry or for their due time.
  struct Cell {
    std::int64_t queued = 0, running = 0, waiting = 0, completed = 0, dead = 0, cancelled = 0;
  };
  std::int64_t tasks = 0;      ///< written so far
  std::int64_t cell_size = 1;  ///< cell i has the tasks with indexes from i * cell_size on
  bool exact = true;           ///< false: queued, waiting and completed are estimates from a sample
  std::vector<Cell> cells;
};

}  // namespace sosw
