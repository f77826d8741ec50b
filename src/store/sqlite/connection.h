#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include "store/sqlite/query.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/write_queue.h"

namespace sosw {

/// An open store file: its transactions, its prepared statements, and its error messages.
class SqliteConnection {
 public:
  SqliteConnection(const std::filesystem::path& file, SqliteStore::Open mode);

  enum class Durability {
    process,  ///< commits survive the death of the process
    power,    ///< and a power failure
  };

  /// Runs `body` in one transaction and returns what it returns; an exception rolls it back. Errors of SQLite
  /// become StoreError. Not from within a body: the connections of a process write in turns.
  template <typename Body>
  auto write(Durability durability, Body body) {
    return as_store_error([&] {
      refuse_when_read_only();
      refuse_when_moved();
      const WriteQueue::Turn turn(*write_queue_);
      make(durability);
      return inside(SQLite::TransactionBehavior::IMMEDIATE, body);
    });
  }
  template <typename Body>
  auto write(Body body) {
    return write(Durability::process, body);
  }

  /// The same for a body that only reads, from one snapshot.
  template <typename Body>
  auto read(Body body) {
    return as_store_error([&] { return inside(SQLite::TransactionBehavior::DEFERRED, body); });
  }

  /// The statement `sql`, or `sql` and `rest`, prepared at its first use. Both must be constants: their
  /// addresses are the key.
  Query query(const char* sql, const char* rest = "");

  SQLite::Database& database() { return database_; }

 private:
  template <typename Body>
  auto inside(SQLite::TransactionBehavior behavior, Body& body) {
    SQLite::Transaction transaction(database_, behavior);
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      transaction.commit();
    } else {
      auto answer = body();
      transaction.commit();
      return answer;
    }
  }

  template <typename Body>
  auto as_store_error(Body body) {
    try {
      return body();
    } catch (const SQLite::Exception& error) {
      throw_store_error(error);
    }
  }

  [[noreturn]] void throw_store_error(const SQLite::Exception&) const;
  void prepare_for_use(SqliteStore::Open mode);
  void use_log();
  void refuse_when_read_only() const;
  void refuse_when_moved();
  void make(Durability);

  std::string path_;
  bool read_only_;
  SQLite::Database database_;
  const std::shared_ptr<WriteQueue> write_queue_;
  std::map<std::pair<const char*, const char*>, SQLite::Statement> statements_;
  Durability durability_ = Durability::process;
};

}  // namespace sosw
