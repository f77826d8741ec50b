// RuleStore.

#include "sosw/sqlite/sqlite_store.h"

#include "sqlite/connection.h"

namespace sosw {
namespace {

constexpr char kSelect[] = "SELECT name, timing, since, considered FROM sosw_rules ORDER BY name";
constexpr char kForgetAll[] = "DELETE FROM sosw_rules";
constexpr char kInsert[] = "INSERT INTO sosw_rules (name, timing, since, considered) VALUES (?1, ?2, ?3, ?4)";

}  // namespace

std::vector<RuleProgress> SqliteStore::rule_progress() {
  return db_->read([&] {
    std::vector<RuleProgress> all;
    Query query = db_->query(kSelect);
    query.start();
    while (query.next()) all.push_back({query.text(0), query.text(1), query.real(2), query.real(3)});
    return all;
  });
}

void SqliteStore::keep_rule_progress(std::span<const RuleProgress> progress) {
  db_->write([&] {
    db_->query(kForgetAll).run();
    Query insert = db_->query(kInsert);
    for (const RuleProgress& one : progress) insert.run(one.name, one.timing, one.since, one.considered);
  });
}

}  // namespace sosw
