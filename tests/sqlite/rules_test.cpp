#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/sqlite/sqlite_store.h"

#include "sqlite/migrations.h"
#include "sqlite/temporary_folder.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const RuleProgress kNightly = {"nightly", "cron(0 2 * * ? *) Europe/Berlin", 1'795'490'346.8965256,
                               1'795'490'400};
const RuleProgress kOften = {"it's \"often\"", "rate(5 minutes) UTC", 1, 2.5};

class RuleProgressInSqlite : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "sosw.db";
};

TEST_F(RuleProgressInSqlite, ComesBackAsItWasKept) {
  SqliteStore store(file_, SqliteStore::Open::create);
  EXPECT_THAT(store.rule_progress(), IsEmpty());
  store.keep_rule_progress(std::vector{kNightly, kOften});
  EXPECT_THAT(store.rule_progress(), ElementsAre(kOften, kNightly));
}

TEST_F(RuleProgressInSqlite, ReplacesWhatWasThere) {
  SqliteStore store(file_, SqliteStore::Open::create);
  store.keep_rule_progress(std::vector{kNightly, kOften});
  RuleProgress later = kNightly;
  later.considered += 86400;
  store.keep_rule_progress(std::vector{later});
  EXPECT_THAT(store.rule_progress(), ElementsAre(later));
  store.keep_rule_progress({});
  EXPECT_THAT(store.rule_progress(), IsEmpty());
}

TEST_F(RuleProgressInSqlite, OutlivesTheProcess) {
  SqliteStore(file_, SqliteStore::Open::create).keep_rule_progress(std::vector{kNightly});
  EXPECT_THAT(SqliteStore(file_, SqliteStore::Open::read_only).rule_progress(), ElementsAre(kNightly));
}

TEST_F(RuleProgressInSqlite, IsKeptWholeOrNotAtAll) {
  SqliteStore store(file_, SqliteStore::Open::create);
  store.keep_rule_progress(std::vector{kOften});
  EXPECT_ANY_THROW(store.keep_rule_progress(std::vector{kNightly, kNightly}));
  EXPECT_THAT(store.rule_progress(), ElementsAre(kOften));
}

TEST_F(RuleProgressInSqlite, IsReadableWithSqlite) {
  SqliteStore(file_, SqliteStore::Open::create).keep_rule_progress(std::vector{kNightly});
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
  store.keep_rule_progress(std::vector{kNightly});
  EXPECT_THAT(store.rule_progress(), ElementsAre(kNightly));
}

}  // namespace
}  // namespace sosw
