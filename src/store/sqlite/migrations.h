#pragma once

#include <span>
#include <string>

#include <SQLiteCpp/Database.h>

#include "store/sqlite/sqlite_store.h"

namespace sosw {

/// "sosw" in ASCII; distinguishes our files from those of other programs (PRAGMA application_id).
inline constexpr int kApplicationId = 0x736f7377;

/// One step from a version of the file (PRAGMA user_version) to the next. Steps are never changed once they
/// are released; new ones are added at the end.
using Migration = const char*;

std::span<const Migration> migrations();

/// Throws StoreError unless the file is a store that this program knows, or, with Open::create, still empty.
void identify(SQLite::Database&, const std::string& path, SqliteStore::Open mode);

/// Applies the missing steps to the file, each in its own transaction. Safe when several processes do so at
/// once.
void migrate(SQLite::Database&, const std::string& path, std::span<const Migration> steps);

}  // namespace sosw
