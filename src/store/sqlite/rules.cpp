// RuleStore.

#include "store/sqlite/connection.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {
namespace {

constexpr char kSelect[] = "SELECT name, timing, since, considered FROM sosw_rules ORDER BY name";
constexpr char kInsert[] =
    "INSERT INTO sosw_rules (name, timing, since, considered) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
constexpr char kChange[] =
    "UPDATE sosw_rules SET timing = ?5, since = ?6, considered = ?7 "
    "WHERE name = ?1 AND timing = ?2 AND since = ?3 AND considered = ?4";
constexpr char kForget[] =
    "DELETE FROM sosw_rules WHERE name = ?1 AND timing = ?2 AND since = ?3 AND considered = ?4";

void take_step(SqliteConnection& db, const RuleStep& step) {
  const auto& [from, to] = step;
  if (!from)
    db.query(kInsert).run(to->name, to->timing, to->since, to->considered);
  else if (to)
    db.query(kChange).run(from->name, from->timing, from->since, from->considered, to->timing, to->since,
                          to->considered);
  else
    db.query(kForget).run(from->name, from->timing, from->since, from->considered);
}

}  // namespace

std::vector<RuleProgress> SqliteStore::rule_progress() {
  return db_->read([&] {
    std::vector<RuleProgress> all;
    Query query = db_->query(kSelect);
    query.start();
    while (query.next()) all.push_back({query.text(0), query.text(1), query.time(2), query.time(3)});
    return all;
  });
}

void SqliteStore::keep_rule_progress(std::span<const RuleStep> steps) {
  db_->write([&] {
    for (const RuleStep& step : steps) take_step(*db_, step);
  });
}

}  // namespace sosw
