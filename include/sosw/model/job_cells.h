#pragma once

#include <cstdint>
#include <vector>

namespace sosw {

/// How the tasks of a job stand, in as many cells as a picture has room for.
struct JobCells {
  /// So many of the tasks of a cell are in each state; "waiting" for a retry or for their time.
  struct Cell {
    std::int64_t queued = 0, running = 0, waiting = 0, completed = 0, dead = 0, cancelled = 0;
  };
  std::int64_t tasks = 0;      ///< that were written so far
  std::int64_t cell_size = 1;  ///< cell i has the tasks of places i * cell_size and following
  bool exact = true;           ///< false: queued, waiting and completed are estimates from some of the tasks
  std::vector<Cell> cells;
};

}  // namespace sosw
