#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sosw/ports/store.h"

#include "store/dynamo/dynamo_store.h"

namespace sosw {

/// Where an installation keeps its tasks.
struct StorePlace {
  std::filesystem::path file;  ///< of a SQLite store; empty: the tables on DynamoDB
  aws::DynamoTables tables = {};

  bool is_file() const { return !file.empty(); }
  std::string text() const;  ///< "sqlite:sosw.db", "dynamodb:"
};

enum class StoreUse { look, act, create };

/// Throws Error when there is no store yet, unless it is to be created, and StoreError or InvalidConfig when
/// it can't be used.
std::unique_ptr<Store> open_store(const StorePlace&, StoreUse);

}  // namespace sosw
