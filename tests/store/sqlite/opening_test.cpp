// Files that are no store, older and newer ones, and files that can't be used.

#include <array>
#include <fstream>
#include <functional>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Open = SqliteStore::Open;

class OpeningTest : public ::testing::Test {
 protected:
  /// What is said of a file that can't be opened; empty when it can.
  static std::string error_for(const std::filesystem::path& file, Open mode) {
    try {
      SqliteStore store(file, mode);
      return "";
    } catch (const StoreError& error) {
      return error.what();
    }
  }
  void write(const std::string& bytes) { std::ofstream(file_, std::ios::binary) << bytes; }
  SQLite::Database raw() { return {file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}; }
  std::string bytes() {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static Job some_job() {
    Job job;
    job.job_id = "abcd000000000001";
    job.labourer_id = "worker";
    return job;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "store.db";
};

TEST_F(OpeningTest, ANewStoreIsReadableByItsOwnerOnly) {
  const auto is_for_owner = [](const std::filesystem::path& file) {
    return std::filesystem::status(file).permissions() == std::filesystem::perms{0600};
  };
  const mode_t before = umask(0);
  std::filesystem::create_symlink("store.db", folder_.path / "link.db");
  {
    const SqliteStore store(folder_.path / "link.db", Open::create);
    for (const char* name : {"store.db", "store.db-wal", "store.db-shm"})
      EXPECT_TRUE(is_for_owner(folder_.path / name)) << name;
  }
  std::filesystem::permissions(file_, std::filesystem::perms{0640});
  { const SqliteStore store(file_, Open::create); }
  EXPECT_FALSE(is_for_owner(file_)) << "whom it is for is theirs to say, once it exists";
  umask(before);
}

constexpr std::array kModes = {Open::create, Open::existing, Open::read_only};

TEST_F(OpeningTest, CreateMakesAFileAndTheOthersDoNot) {
  EXPECT_THAT(error_for(file_, Open::existing),
              AllOf(HasSubstr(file_.string()), HasSubstr("does not exist")));
  EXPECT_THAT(error_for(file_, Open::read_only), HasSubstr("does not exist"));
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_THAT(error_for(file_, Open::create), IsEmpty());
  for (const Open mode : kModes) EXPECT_THAT(error_for(file_, mode), IsEmpty());
}

TEST_F(OpeningTest, AFolderThatDoesNotExistIsNamed) {
  const auto file = folder_.path / "nowhere" / "store.db";
  EXPECT_THAT(error_for(file, Open::create),
              AllOf(HasSubstr((folder_.path / "nowhere").string()), HasSubstr("does not exist")));
  EXPECT_FALSE(std::filesystem::exists(file.parent_path()));
}

TEST_F(OpeningTest, AFolderInPlaceOfAFileIsRefused) {
  for (const Open mode : kModes) EXPECT_THAT(error_for(folder_.path, mode), HasSubstr("is a folder"));
}

TEST_F(OpeningTest, AFileThatIsNotADatabaseIsLeftAlone) {
  const std::string text(5000, 'x');
  write(text);
  for (const Open mode : kModes) EXPECT_THAT(error_for(file_, mode), HasSubstr("is not a SQLite database"));
  EXPECT_EQ(bytes(), text);
}

TEST_F(OpeningTest, ADatabaseOfAnotherProgramIsLeftAlone) {
  raw().exec("CREATE TABLE notes (text)");
  const std::string before = bytes();
  for (const Open mode : kModes) EXPECT_THAT(error_for(file_, mode), HasSubstr("another program"));
  EXPECT_EQ(bytes(), before);
}

TEST_F(OpeningTest, AnotherProgramsDatabaseWithoutTablesIsLeftAloneToo) {
  raw().exec("PRAGMA user_version = 7");
  EXPECT_THAT(error_for(file_, Open::create), HasSubstr("another program"));
}

TEST_F(OpeningTest, AnEmptyFileBecomesAStoreOnlyWithCreate) {
  write("");
  EXPECT_THAT(error_for(file_, Open::existing), HasSubstr("is empty"));
  EXPECT_THAT(error_for(file_, Open::read_only), HasSubstr("is empty"));
  EXPECT_THAT(error_for(file_, Open::create), IsEmpty());
  EXPECT_THAT(error_for(file_, Open::existing), IsEmpty());
}

TEST_F(OpeningTest, AFileOfANewerVersionIsRefusedWithAdvice) {
  error_for(file_, Open::create);
  raw().exec(fmt::format("PRAGMA user_version = {}", migrations().size() + 1));
  for (const Open mode : kModes)
    EXPECT_THAT(error_for(file_, mode), AllOf(HasSubstr("newer"), HasSubstr("update this program")));
}

TEST_F(OpeningTest, AnOlderFileIsBroughtUpToDateExceptWhenReadOnly) {
  raw().exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  EXPECT_THAT(error_for(file_, Open::read_only), AllOf(HasSubstr("older"), HasSubstr("format 0")));
  EXPECT_THAT(error_for(file_, Open::existing), IsEmpty());
  EXPECT_EQ(raw().execAndGet("PRAGMA user_version").getInt(), static_cast<int>(migrations().size()));
  EXPECT_THAT(error_for(file_, Open::read_only), IsEmpty());
}

TEST_F(OpeningTest, ADamagedFileIsReported) {
  {
    SqliteStore store(file_, Open::create);
    store.accept(some_job());
    const std::vector<std::string> payloads(2000, "{}");
    store.append(some_job(), 0, payloads, true, Time(1));
  }
  std::string broken = bytes();
  std::fill(broken.begin() + 4096, broken.end(), 'x');
  write(broken);
  try {
    SqliteStore store(file_, Open::existing);
    store.list({.at_most = 5000});
    ADD_FAILURE() << "nothing was noticed";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith(file_.string()), HasSubstr("is damaged"), HasSubstr("copy")));
  }
}

TEST_F(OpeningTest, AReadOnlyStoreReadsAndRefusesEveryWrite) {
  SqliteStore(file_, Open::create).accept(some_job());
  SqliteStore store(file_, Open::read_only);
  EXPECT_TRUE(store.find_job("abcd000000000001"));
  EXPECT_EQ(store.count("worker", Time(1'795'000'000), 1200).queued, 0);
  const Job job = some_job();
  const std::vector<std::string> payloads = {"{}"}, ids = {"x"};
  const std::vector<std::function<void()>> writes = {
      [&] { store.accept(job); },
      [&] { store.append(job, 0, payloads, true, Time(1)); },
      [&] {
        store.claim({"worker", 1, 1, Time(1'795'000'000), 1200, "t"});
      },
      [&] { store.set_control("worker", {.paused = true}); },
      [&] { store.cancel(ids, Time(1)); },
      [&] { store.revive(ids, Time(1)); },
      [&] { store.cancel_job(job.job_id, Time(1)); },
      [&] { store.claim_notifications(Time(1), Time(2), 10); },
      [&] { store.settle({}); },
      [&] { store.report({}); },
      [&] { store.release({}); },
      [&] { store.requeue_due("worker", Time(1'795'000'000), 1); },
  };
  for (std::size_t i = 0; i < writes.size(); ++i) try {
      writes[i]();
      ADD_FAILURE() << "write " << i;
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(), AllOf(StartsWith(file_.string()), HasSubstr("can't be written")));
    }
}

TEST_F(OpeningTest, AStoreThatIsOpenCanBeReadBesideIt) {
  SqliteStore writer(file_, Open::create);
  SqliteStore reader(file_, Open::read_only);
  const auto before = reader.version();
  EXPECT_EQ(reader.version(), before);
  writer.accept(some_job());
  EXPECT_NE(reader.version(), before);
  EXPECT_TRUE(reader.find_job("abcd000000000001"));
}

TEST_F(OpeningTest, ItsOwnWritesDoNotChangeTheVersionThatAStoreSees) {
  SqliteStore store(file_, Open::create);
  const auto before = store.version();
  store.accept(some_job());
  EXPECT_EQ(store.version(), before);
  SqliteStore(file_, Open::existing).set_control("worker", {.paused = true});
  EXPECT_NE(store.version(), before);
}

TEST_F(OpeningTest, AStoreCanBeMoved) {
  SqliteStore first(file_, Open::create);
  first.accept(some_job());
  SqliteStore second(std::move(first));
  EXPECT_TRUE(second.find_job("abcd000000000001"));
}

TEST_F(OpeningTest, NothingIsWrittenToAStoreThatWasMovedWhileOpen) {
  const std::filesystem::path file = folder_.path / "store.db";
  SqliteStore store(file, Open::create);
  std::filesystem::rename(file, folder_.path / "gone.db");
  const auto complaint_of_accept = [&] {
    try {
      store.accept({.job_id = "0123456789abcdef", .labourer_id = "work"});
      return std::string();
    } catch (const StoreError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_THAT(complaint_of_accept(), HasSubstr("store.db was moved"));
  std::filesystem::rename(folder_.path / "gone.db", file);
  EXPECT_EQ(complaint_of_accept(), "");
}

TEST_F(OpeningTest, ABusyStoreIsEventuallyReported) {
  SqliteStore store(file_, Open::create);
  SQLite::Database other = raw();
  other.exec("BEGIN IMMEDIATE");
  EXPECT_FALSE(store.find_job("none")) << "readers don't wait";
  try {
    store.accept(some_job());
    ADD_FAILURE() << "it was written";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(),
                AllOf(StartsWith(file_.string()), HasSubstr("is busy"), HasSubstr("try again")));
  }
  other.exec("COMMIT");
  store.accept(some_job());
  EXPECT_TRUE(store.find_job("abcd000000000001"));
}

class MigrationTest : public OpeningTest {
 protected:
  static constexpr Migration kFirst = "CREATE TABLE a (x); INSERT INTO a VALUES (1)";
  static constexpr Migration kSecond = "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1";
  static constexpr Migration kBroken = "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)";

  int version() { return raw().execAndGet("PRAGMA user_version").getInt(); }
};

TEST_F(MigrationTest, StepsAreTakenOnceInOrder) {
  SQLite::Database database = raw();
  migrate(database, "x", std::array{kFirst});
  EXPECT_EQ(version(), 1);
  migrate(database, "x", std::array{kFirst, kSecond});
  migrate(database, "x", std::array{kFirst, kSecond});
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(database.execAndGet("SELECT y FROM a").getInt(), 2);
  EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), kApplicationId);
}

TEST_F(MigrationTest, AStepThatFailsIsUndoneAndThoseBeforeItStay) {
  SQLite::Database database = raw();
  try {
    migrate(database, "my.db", std::array{kFirst, kBroken});
    ADD_FAILURE();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(),
                AllOf(StartsWith("my.db"), HasSubstr("from format 1 to 2"), HasSubstr("nowhere")));
  }
  EXPECT_EQ(version(), 1);
  EXPECT_FALSE(database.tableExists("b"));
  migrate(database, "my.db", std::array{kFirst, kSecond});
  EXPECT_EQ(version(), 2);
}

TEST_F(MigrationTest, ManyProcessesMayCreateTheFileAtOnce) {
  constexpr int kProcesses = 4, kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    file_ = folder_.path / fmt::format("store{}.db", round);
    int gate[2];
    ASSERT_EQ(pipe(gate), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      close(gate[1]);
      char nothing = 0;
      if (read(gate[0], &nothing, 1) < 0) _exit(3);  // until the parent opens the gate for all
      const std::string said = error_for(file_, Open::create);
      if (!said.empty()) fmt::print(stderr, "{}\n", said);
      _exit(said.empty() ? 0 : 1);
    }
    close(gate[0]);
    close(gate[1]);
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "round " << round;
    }
    EXPECT_EQ(version(), static_cast<int>(migrations().size()));
  }
}

}  // namespace
}  // namespace sosw
