#include "store/sqlite/queue_line.h"

#include <algorithm>

namespace sosw {
namespace {

constexpr char kOldest[] = R"(
  SELECT min(greenfield) FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield BETWEEN ?2 AND ?3)";
constexpr char kNewest[] = R"(
  SELECT max(greenfield) FROM tasks INDEXED BY tasks_in_line
  WHERE place = 0 AND completed_at IS NULL AND labourer_id = ?1 AND greenfield BETWEEN ?2 AND ?3)";

}  // namespace

QueueLine::QueueLine(SqliteConnection& db, const std::string& labourer_id, Priority priority)
    : db_(db), labourer_id_(labourer_id), band_(band_of(priority)) {}

std::int64_t QueueLine::join_front(std::int64_t tasks) {
  return std::max(band_.first, edge(kOldest).value_or(band_.start) - tasks);
}

std::int64_t QueueLine::join_end() {
  if (!newest_) newest_ = edge(kNewest).value_or(band_.start - 1);
  newest_ = std::min(*newest_ + 1, band_.last);
  return *newest_;
}

std::optional<std::int64_t> QueueLine::edge(const char* sql) {
  Query query = db_.query(sql);
  query.start(labourer_id_, band_.first, band_.last).next();
  return query.maybe_integer(0);
}

std::int64_t end_of_queue(Time now) { return whole_unix_seconds(now); }

}  // namespace sosw
