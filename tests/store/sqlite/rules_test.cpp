// How far rules are: what the contract of tests/ports does not say of a file.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;

const RuleProgress kNightly = {"nightly", "cron(0 2 * * ? *) Europe/Berlin", 1'795'490'346.8965256,
                               1'795'490'400};
const std::vector kBegun = {RuleStep{std::nullopt, kNightly}};

class RuleProgressInSqlite : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "sosw.db";
};

TEST_F(RuleProgressInSqlite, OutlivesTheProcess) {
  SqliteStore(file_, SqliteStore::Open::create).keep_rule_progress(kBegun);
  EXPECT_THAT(SqliteStore(file_, SqliteStore::Open::read_only).rule_progress(), ElementsAre(kNightly));
}

TEST_F(RuleProgressInSqlite, IsReadableWithSqlite) {
  SqliteStore(file_, SqliteStore::Open::create).keep_rule_progress(kBegun);
  SQLite::Database database(file_.string());
  EXPECT_EQ(database.execAndGet("SELECT timing FROM sosw_rules WHERE name = 'nightly'").getString(),
            kNightly.timing);
}

TEST_F(RuleProgressInSqlite, FindsItsTableInAFileOfTheVersionBeforeIt) {
  {
    SQLite::Database database(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrate(database, file_.string(), migrations().first(1));
  }
  SqliteStore store(file_, SqliteStore::Open::existing);
  store.keep_rule_progress(kBegun);
  EXPECT_THAT(store.rule_progress(), ElementsAre(kNightly));
}

}  // namespace
}  // namespace sosw
