#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sosw/model/greenfield.h"

#include "store/sqlite/connection.h"

namespace sosw {

/// Hands out the positions of tasks that join a labourer's queue, within one transaction. Positions go up by
/// one. Where a band ends, tasks share its last position: they stay in their band, and nearly in order.
class QueueLine {
 public:
  QueueLine(SqliteConnection&, const std::string& labourer_id, Priority);

  /// Room for `tasks` in front of all others; the first one's position.
  std::int64_t join_front(std::int64_t tasks);

  /// The next position behind all others.
  std::int64_t join_end();

 private:
  std::optional<std::int64_t> edge(const char* sql);

  SqliteConnection& db_;
  const std::string& labourer_id_;
  Band band_;
  std::optional<std::int64_t> newest_;
};

/// The queued tasks of a labourer stand by greenfield below this.
std::int64_t end_of_queue(Time now);

}  // namespace sosw
