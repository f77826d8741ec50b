#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sosw/ports/store.h"

#include "store/dynamo/dynamo_store.h"

namespace sosw {

/// Where an installation keeps its tasks.
struct StoreLocation {
  std::filesystem::path file;  ///< of a SQLite store; empty: the tables on DynamoDB
  aws::DynamoTables tables = {};
  std::function<std::unique_ptr<Store>()> own;  ///< opens the program's own store; empty: none

  bool is_file() const { return !file.empty(); }
  std::string text() const;  ///< "sqlite:sosw.db", "dynamodb:"
};

/// "sqlite:PATH", or "dynamodb:", with these tables. Throws Error for other text, and for a path that is a
/// directory.
StoreLocation store_place_of(const std::string& url, const aws::DynamoTables& = {});

enum class StoreAccess { read, write, create };

/// Throws Error when there is no store yet, unless it is to be created, and StoreError or InvalidConfig when
/// it can't be used.
std::unique_ptr<Store> open_store(const StoreLocation&, StoreAccess);

}  // namespace sosw
