#pragma once

#include <string>

#include "sosw/ports/event_log.h"

#include "store/sqlite/sqlite_store.h"

namespace sosw {

/// Stores events with the tasks, over the connection of the store: the store must outlive it and not move,
/// and both belong to the same thread. AdminStore::history reads them back.
class SqliteEventLog final : public EventLog {
 public:
  SqliteEventLog(SqliteStore&, std::string author);

  void record(std::span<const TaskEvent>) override;

 private:
  SqliteStore& store_;
  std::string author_;
};

}  // namespace sosw
