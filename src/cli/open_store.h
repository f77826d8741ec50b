#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sosw/aws/dynamo_store.h"
#include "sosw/engine/engine.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/rule_store.h"
#include "sosw/ports/task_desk.h"
#include "sosw/ports/task_store.h"

namespace sosw {

/// Where an installation keeps its tasks.
struct StorePlace {
  std::filesystem::path file;  ///< of a SQLite store; empty: the tables on DynamoDB
  aws::DynamoTables tables = {};

  bool is_file() const { return !file.empty(); }
  std::string text() const;  ///< "sqlite:sosw.db", "dynamodb:"
};

/// A store of whatever kind, with a connection of its own. Belongs to one thread at a time.
class OpenStore {
 public:
  virtual ~OpenStore() = default;

  virtual TaskStore& tasks() = 0;
  virtual JobStore& jobs() = 0;
  virtual TaskDesk& desk() = 0;
  virtual EventLog& events() = 0;
  virtual RuleStore& rules() = 0;

  /// Differs from an earlier answer when others may have changed the store in between.
  virtual std::int64_t version() = 0;

  /// How an engine treats a store of this kind.
  virtual Engine::Pace pace() const = 0;

  /// To be called before an engine, or one of its essentials, works on the store. Throws Error when it must
  /// not.
  virtual void prepare_for_engine(const Settings&) {}
};

enum class StoreUse { look, act, create };

/// Throws Error when there is no store yet, unless it is to be created, and StoreError or InvalidConfig when
/// it can't be used.
std::unique_ptr<OpenStore> open_store(const StorePlace&, StoreUse);

}  // namespace sosw
