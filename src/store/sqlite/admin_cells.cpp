// AdminStore: a job's tasks as a picture.

#include <algorithm>

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/queue_positions.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/task_keys.h"

namespace sosw {
namespace {

using Cell = JobCells::Cell;

constexpr std::int64_t kLookedAtWholly = 8'000;  // tasks of a job; a larger one is sampled in each cell
constexpr std::int64_t kSample = 16;             // in a cell
constexpr std::int64_t kRareAtMost = 100'000;    // read one by one

constexpr char kJob[] = R"(
  SELECT job_number, labourer_id, scheduled, dead + cancelled
  FROM jobs JOIN job_progress USING (job_number) WHERE job_id = ?1)";
constexpr char kTasks[] =
    "SELECT task_key, place, greenfield, closed_as FROM tasks WHERE task_key BETWEEN ?1 AND ?2";
constexpr char kGivenUpOfJob[] = R"(
  SELECT task_key FROM tasks INDEXED BY tasks_given_up
  WHERE closed_as <> 'completed' AND closed_as = ?1 AND labourer_id = ?2 AND task_key BETWEEN ?3 AND ?4)";
constexpr char kRunning[] = R"(
  SELECT task_key FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield > ?2
        AND task_key BETWEEN ?3 AND ?4)";

struct Picture {
  TaskKey first;             ///< of the job
  std::int64_t last_queued;  ///< greenfields above it are those of invoked tasks
  JobCells& answer;

  std::int64_t key_of(std::int64_t index) const { return TaskKey{first.job, index}.number(); }
  std::int64_t size_of(std::size_t cell) const {
    return std::min(answer.cell_size, answer.tasks - static_cast<std::int64_t>(cell) * answer.cell_size);
  }
  Cell& cell_of(std::int64_t key) const {
    return answer.cells[static_cast<std::size_t>(TaskKey::of(key).index / answer.cell_size)];
  }
};

std::int64_t& state_in(Cell& cell, const Query& row, std::int64_t last_queued) {
  const std::int64_t table = row.integer(1);
  if (table == 1) return cell.waiting;
  if (table == 0) return row.integer(2) > last_queued ? cell.running : cell.queued;
  const std::string closed_as = row.text(3);
  return closed_as == "completed" ? cell.completed : closed_as == "dead" ? cell.dead : cell.cancelled;
}

void look_at_all(SqliteConnection& db, const Picture& picture) {
  Query query = db.query(kTasks);
  query.start(picture.key_of(0), picture.key_of(picture.answer.tasks - 1));
  while (query.next()) ++state_in(picture.cell_of(query.integer(0)), query, picture.last_queued);
}

Cell sample_of(Query& query, const Picture& picture, std::size_t index) {
  const std::int64_t size = picture.size_of(index);
  const std::int64_t looked_at = std::min(size, kSample);
  Cell sample;
  for (std::int64_t i = 0; i < looked_at; ++i) {
    const std::int64_t key = picture.key_of(static_cast<std::int64_t>(index) * picture.answer.cell_size +
                                            (2 * i + 1) * size / (2 * looked_at));
    if (query.start(key, key).next()) ++state_in(sample, query, picture.last_queued);
  }
  return sample;
}

/// Scales the states of the sample so that their sum is `size`.
void fill(std::int64_t size, const Cell& sample, Cell& cell) {
  const std::int64_t rest = std::max<std::int64_t>(0, size - cell.running - cell.dead - cell.cancelled);
  const std::int64_t answer = sample.queued + sample.waiting + sample.completed;
  if (answer == 0) {
    cell.completed = rest;
    return;
  }
  cell.waiting = rest * sample.waiting / answer;
  cell.completed = rest * sample.completed / answer;
  cell.queued = rest - cell.waiting - cell.completed;
  if (sample.queued > 0) return;
  (sample.completed > 0 ? cell.completed : cell.waiting) += cell.queued;
  cell.queued = 0;
}

void look_at_some(SqliteConnection& db, const std::string& labourer_id, std::int64_t given_up,
                  const Picture& picture) {
  const std::int64_t first = picture.key_of(0);
  const std::int64_t last = picture.key_of(picture.answer.tasks - 1);
  const bool are_rare = given_up <= kRareAtMost;
  if (are_rare) {
    Query query = db.query(kGivenUpOfJob);
    query.start("dead", labourer_id, first, last);
    while (query.next()) ++picture.cell_of(query.integer(0)).dead;
    query.start("cancelled", labourer_id, first, last);
    while (query.next()) ++picture.cell_of(query.integer(0)).cancelled;
  }
  Query running = db.query(kRunning);
  running.start(labourer_id, picture.last_queued, first, last);
  while (running.next()) ++picture.cell_of(running.integer(0)).running;
  Query query = db.query(kTasks);
  for (std::size_t i = 0; i < picture.answer.cells.size(); ++i) {
    const std::int64_t size = picture.size_of(i);
    const Cell sample = sample_of(query, picture, i);
    Cell& cell = picture.answer.cells[i];
    if (!are_rare) {
      const std::int64_t looked_at = std::min(size, kSample);
      cell.dead = size * sample.dead / looked_at;
      cell.cancelled = size * sample.cancelled / looked_at;
    }
    fill(size, sample, cell);
  }
}

}  // namespace

std::optional<JobCells> SqliteStore::cells(const std::string& job_id, std::size_t at_most, Time now) {
  return db_->read([&]() -> std::optional<JobCells> {
    Query job = db_->query(kJob);
    if (!job.start(job_id).next()) return std::nullopt;
    JobCells answer{.tasks = job.integer(2)};
    if (answer.tasks == 0) return answer;
    const auto room = static_cast<std::int64_t>(std::max<std::size_t>(at_most, 1));
    answer.cell_size = (answer.tasks + room - 1) / room;
    answer.cells.resize(static_cast<std::size_t>((answer.tasks + answer.cell_size - 1) / answer.cell_size));
    answer.exact = answer.tasks <= kLookedAtWholly;
    const Picture picture{{job.integer(0), 0}, queued_range(now).last, answer};
    if (answer.exact)
      look_at_all(*db_, picture);
    else
      look_at_some(*db_, job.text(1), job.integer(3), picture);
    return answer;
  });
}

}  // namespace sosw
