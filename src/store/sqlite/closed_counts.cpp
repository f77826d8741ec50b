#include "store/sqlite/closed_counts.h"

namespace sosw {
namespace {

constexpr char kAdd[] = R"(
  UPDATE job_progress SET completed = completed + ?2, dead = dead + ?3, cancelled = cancelled + ?4
  WHERE job_number = ?1)";

}  // namespace

void ClosedCounts::write(SqliteConnection& db) const {
  Query add = db.query(kAdd);
  for (const auto& [job, closed] : closed_)
    if (closed.completed != 0 || closed.dead != 0 || closed.cancelled != 0)
      add.run(job, closed.completed, closed.dead, closed.cancelled);
}

}  // namespace sosw
