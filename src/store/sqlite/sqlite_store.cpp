#include "store/sqlite/sqlite_store.h"

#include "store/sqlite/connection.h"

// The calls of the ports are in tasks_*.cpp, jobs.cpp and admin_*.cpp beside this file.

namespace sosw {

SqliteStore::SqliteStore(const std::filesystem::path& file, Open mode)
    : db_(std::make_unique<SqliteConnection>(file, mode)) {}

SqliteStore::~SqliteStore() = default;
SqliteStore::SqliteStore(SqliteStore&&) noexcept = default;
SqliteStore& SqliteStore::operator=(SqliteStore&&) noexcept = default;

std::int64_t SqliteStore::version() {
  return db_->read([&] {
    Query query = db_->query("PRAGMA data_version");
    query.start().next();
    return query.integer(0);
  });
}

}  // namespace sosw
