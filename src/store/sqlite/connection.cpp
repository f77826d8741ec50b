#include "store/sqlite/connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "sosw/model/errors.h"

#include "store/sqlite/migrations.h"
#include "store/sqlite/store_file.h"

namespace sosw {
namespace {

constexpr int kBusyTimeoutMilliseconds = 5000;

/// The explanation and the fix for the result codes that users encounter.
std::string advice(const std::string& path, const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("{} is busy: another program has been writing to it for more than {} s; try again",
                         path, kBusyTimeoutMilliseconds / 1000);
    case SQLITE_FULL:
      return fmt::format("{}: the disk is full; nothing of this step was written; make room and try again",
                         path);
    case SQLITE_NOTADB:
      return fmt::format("{} is not a SQLite database; name another file", path);
    case SQLITE_CORRUPT:
      return fmt::format(
          "{} is damaged ({}); restore it from a copy, or save what is left with sqlite3's .recover", path,
          error.what());
    case SQLITE_READONLY:
      return fmt::format("{} can't be written; check the permissions of the file and its folder", path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fmt::format("{} can't be opened; check the permissions of the file and its folder", path);
    case SQLITE_IOERR:
      return fmt::format("{}: reading or writing failed ({}); check the disk", path, error.what());
    default:
      return fmt::format("{}: {}", path, error.what());
  }
}

/// Explains what SQLite itself only calls "unable to open database file".
void check_path(const std::filesystem::path& file, SqliteStore::Open mode) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw StoreError(fmt::format("{} is a folder; name a file in it", file.string()));
  if (std::filesystem::exists(file, ignored)) return;
  if (mode != SqliteStore::Open::create)
    throw StoreError(fmt::format("{} does not exist; check the path of the store", file.string()));
  const auto folder = std::filesystem::absolute(file).parent_path();
  if (!std::filesystem::is_directory(folder, ignored))
    throw StoreError(
        fmt::format("{}: the folder {} does not exist; make it first", file.string(), folder.string()));
}

SQLite::Database open_database(const std::filesystem::path& file, SqliteStore::Open mode) {
  check_path(file, mode);
  if (mode == SqliteStore::Open::create) create_for_owner_only(file);
  const int flags = mode == SqliteStore::Open::create      ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                    : mode == SqliteStore::Open::read_only ? SQLITE_OPEN_READONLY
                                                           : SQLITE_OPEN_READWRITE;
  try {
    return {file.string(), flags | SQLITE_OPEN_NOMUTEX, kBusyTimeoutMilliseconds};
  } catch (const SQLite::Exception& error) {
    throw StoreError(advice(file.string(), error));
  }
}

}  // namespace

SqliteConnection::SqliteConnection(const std::filesystem::path& file, SqliteStore::Open mode)
    : path_(file.string()),
      read_only_(mode == SqliteStore::Open::read_only),
      database_(open_database(file, mode)),
      write_queue_(WriteQueue::for_file(file)) {
  as_store_error([&] { prepare_for_use(mode); });
}

// The numbers are the fastest of those tried with bench/store_bench on 10 million tasks.
void SqliteConnection::prepare_for_use(SqliteStore::Open mode) {
  if (!read_only_ && sqlite3_db_readonly(database_.getHandle(), "main") == 1)
    throw StoreError(
        fmt::format("{} can't be written; check the permissions of the file and its folder", path_));
  database_.exec("PRAGMA cache_size = -65536");  // KiB
  database_.exec("PRAGMA secure_delete = OFF");  // Debian's default overwrites deleted data
  database_.exec("PRAGMA synchronous = NORMAL");
  identify(database_, path_, mode);
  if (read_only_) return;
  use_log();
  database_.exec("PRAGMA wal_autocheckpoint = 4000");       // pages
  database_.exec("PRAGMA journal_size_limit = 134217728");  // bytes
  migrate(database_, path_, migrations());
}

/// The change to WAL needs the whole file for a moment, and SQLite does not wait for that when another
/// process makes the same change; it does wait for a transaction.
void SqliteConnection::use_log() {
  constexpr int kTries = 20;
  for (int tries = 1;; ++tries) try {
      database_.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& error) {
      if (error.getErrorCode() != SQLITE_BUSY || tries == kTries) throw;
      SQLite::Transaction(database_, SQLite::TransactionBehavior::EXCLUSIVE).commit();
    }
}

Query SqliteConnection::query(const char* sql, const char* rest) {
  auto found = statements_.find({sql, rest});
  if (found == statements_.end())
    found = statements_.try_emplace({sql, rest}, database_, std::string(sql) + rest).first;
  return Query(found->second);
}

/// SQLite itself reports it only at an actual change.
void SqliteConnection::refuse_when_read_only() const {
  if (read_only_) throw StoreError(fmt::format("{} can't be written: it is open for reading only", path_));
}

/// Programs that open the file by its name no longer see what is written here.
void SqliteConnection::refuse_when_moved() {
  int moved = 0;
  sqlite3_file_control(database_.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0)
    throw StoreError(fmt::format(
        "{} was moved, removed or replaced while it was in use; put it back, or start again", path_));
}

/// Only what a transaction starts with counts. In WAL mode, NORMAL leaves it to the operating system when a
/// commit reaches the disk; the order of commits is kept.
void SqliteConnection::make(Durability durability) {
  if (durability == durability_) return;
  database_.exec(durability == Durability::power ? "PRAGMA synchronous = FULL"
                                                 : "PRAGMA synchronous = NORMAL");
  durability_ = durability;
}

void SqliteConnection::throw_store_error(const SQLite::Exception& error) const {
  throw StoreError(advice(path_, error));
}

}  // namespace sosw
