#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"

namespace sosw {

/// Assigns the positions of tasks that join a labourer's queue (sosw/model/queue_position.h), within one
/// transaction.
class QueuePositions {
 public:
  QueuePositions(SqliteConnection&, const std::string& labourer_id, Priority);

  /// Reserves positions for `tasks` in front of all others; returns the first one.
  std::int64_t reserve_front(std::int64_t tasks);

  /// The next position behind all others.
  std::int64_t reserve_end();

 private:
  std::optional<std::int64_t> edge(const char* sql);

  SqliteConnection& db_;
  const std::string& labourer_id_;
  Band band_;
  std::optional<std::int64_t> newest_;
};

}  // namespace sosw
