#include "store/sqlite/queue_positions.h"

#include "sosw/model/queue_position.h"

namespace sosw {
namespace {

constexpr char kOldest[] = R"(
  SELECT min(greenfield) FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield BETWEEN ?2 AND ?3)";
constexpr char kNewest[] = R"(
  SELECT max(greenfield) FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield BETWEEN ?2 AND ?3)";

}  // namespace

QueuePositions::QueuePositions(SqliteConnection& db, const std::string& labourer_id, Priority priority)
    : db_(db), labourer_id_(labourer_id), band_(band_of(priority)) {}

std::int64_t QueuePositions::reserve_front(std::int64_t tasks) {
  return front_position(band_, edge(kOldest), tasks);
}

std::int64_t QueuePositions::reserve_end() {
  newest_ = end_position(band_, newest_ ? newest_ : edge(kNewest));
  return *newest_;
}

std::optional<std::int64_t> QueuePositions::edge(const char* sql) {
  Query query = db_.query(sql);
  query.start(labourer_id_, band_.first, band_.last).next();
  return query.maybe_integer(0);
}

}  // namespace sosw
