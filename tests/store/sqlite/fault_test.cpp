// The disk fails at each call in turn: no promise is broken, and what was acknowledged is there.

#include <array>
#include <optional>
#include <random>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "store/sqlite/faulty_disk.h"
#include "store/sqlite/store_work.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

using Call = FaultyDisk::Call;

constexpr Time kStart{1'795'000'000};
constexpr int kStoreCalls = 40;

struct Case {
  std::string name;
  FaultyDisk::Fault fault;
  int seed;
};

std::vector<Case> cases() {
  const std::vector<std::pair<std::string, FaultyDisk::Fault>> faults = {
      {"DiskFull", {Call::write, SQLITE_FULL}},
      {"WriteFails", {Call::write, SQLITE_IOERR_WRITE}},
      {"SyncFails", {Call::sync, SQLITE_IOERR_FSYNC}},
      {"TruncateFails", {Call::truncate, SQLITE_IOERR_TRUNCATE}},
      {"ReadFails", {Call::read, SQLITE_IOERR_READ}},
      {"OpenFails", {Call::open, SQLITE_CANTOPEN}},
      {"RemoveFails", {Call::remove, SQLITE_IOERR_DELETE}},
      {"LockFails", {Call::lock, SQLITE_IOERR_LOCK}},
      {"MemoryFails", {Call::memory, SQLITE_IOERR_SHMMAP}},
  };
  std::vector<Case> all;
  for (const auto& [name, fault] : faults)
    for (const bool for_good : {false, true}) {
      all.push_back({name + (for_good ? "ForGood" : "Once"), fault, static_cast<int>(all.size())});
      all.back().fault.for_good = for_good;
    }
  return all;
}

/// What another process does when it comes by: the log goes into the file.
void checkpoint(const std::filesystem::path& file) {
  try {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const SQLite::Exception&) {  // its own worry
  }
}

/// Works with the file and goes on after each StoreError, as an engine does; opens it again now and then.
void work_with(const std::filesystem::path& file, int seed, Ledger& ledger) {
  StoreWork work(static_cast<std::uint64_t>(seed), kStart,
                 [&](const std::string& line) { ledger.note(line); });
  std::optional<SqliteStore> store;
  for (int step = 1; step <= kStoreCalls; ++step) {
    if (step % 8 == 0) checkpoint(file);
    if (step % 25 == 0) store.reset();
    try {
      if (!store) store.emplace(file, SqliteStore::Open::create);
      work.step(*store);
    } catch (const StoreError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(file.string())) << error.what();
    }
  }
}

class FaultTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Faults, FaultTest, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.name; });

TEST_P(FaultTest, NoPromiseIsBrokenByAFailureAtAnyCall) {
  bool failed = true;
  for (std::int64_t number = 0; failed && !HasFailure(); number += 1 + number / 15) {
    SCOPED_TRACE(fmt::format("call {} fails", number));
    TemporaryFolder folder;
    const std::filesystem::path file = folder.path / "store.db";
    Ledger ledger;
    {
      FaultyDisk disk;
      disk.fail(GetParam().fault, number);
      work_with(file, GetParam().seed, ledger);
      failed = disk.has_failed();
    }
    ledger.expect_kept(file, Ledger::Keeps::everything);
  }
}

TEST(PowerTest, AcknowledgedJobStoreWritesSurviveAnImmediatePowerCut) {
  TemporaryFolder folder;
  FaultyDisk disk;
  disk.cut_power(1'000'000'000);
  SqliteStore store(folder.path / "store.db", SqliteStore::Open::create);
  Ledger ledger;
  const auto expect_there = [&](const std::string& line) {
    SCOPED_TRACE(line);
    ledger.note(line);
    TemporaryFolder after;
    disk.recover(after.path, [] { return false; });
    ledger.expect_kept(after.path / "store.db", Ledger::Keeps::what_synced);
  };
  Job job;
  job.job_id = "abcd000000000001";
  job.labourer_id = "worker";
  store.accept(job);
  expect_there("job abcd000000000001");
  std::vector<std::string> payloads;
  for (int index = 0; index < 25; ++index) payloads.push_back(StoreWork::payload_of(job.job_id, index));
  store.append(job, 0, payloads, false, kStart);
  expect_there("cursor abcd000000000001 25");
  Job whole = job;
  whole.job_id = "abcd000000000002";
  const std::string payload = StoreWork::payload_of(whole.job_id, 0);
  store.accept_with_tasks(whole, {&payload, 1}, true, kStart);
  expect_there("total abcd000000000002 1");
  store.cancel_job(job.job_id, kStart);
  expect_there("stopped abcd000000000001 25");
}

class PowerCutTest : public ::testing::TestWithParam<int> {
 protected:
  static constexpr int kPowerCuts = 25;

  /// How many calls that change a file the work makes.
  std::int64_t calls() {
    for (std::int64_t most = 64;; most *= 2) {
      TemporaryFolder folder;
      FaultyDisk disk;
      disk.cut_power(most);
      Ledger ledger;
      work_with(folder.path / "store.db", GetParam(), ledger);
      if (!disk.has_failed()) return most;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Seeds, PowerCutTest, ::testing::Range(0, 6));

TEST_P(PowerCutTest, SyncedWritesSurviveAPowerCut) {
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
  const std::int64_t most = calls();
  for (int power_cut = 0; power_cut < kPowerCuts && !HasFailure(); ++power_cut) {
    const std::int64_t number = std::uniform_int_distribution<std::int64_t>(0, most)(random);
    const int survivors = std::array{0, 50, 95, 100}.at(static_cast<std::size_t>(power_cut % 4));
    SCOPED_TRACE(
        fmt::format("no power from call {} on; {} % of what was not synced survives", number, survivors));
    TemporaryFolder folder, after;
    Ledger ledger;
    {
      FaultyDisk disk;
      disk.cut_power(number);
      work_with(folder.path / "store.db", GetParam(), ledger);
      disk.recover(after.path, [&] { return std::uniform_int_distribution(0, 99)(random) < survivors; });
    }
    ledger.expect_kept(after.path / "store.db", Ledger::Keeps::what_synced);
  }
}

}  // namespace
}  // namespace sosw
