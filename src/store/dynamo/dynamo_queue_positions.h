#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// Assigns the positions of tasks that join a labourer's queue (sosw/model/queue_position.h). Other stores
/// may assign the same ones at the same time; then tasks share a position.
class QueuePositions {
 public:
  QueuePositions(DynamoStore::Tables&, const std::string& labourer_id, Priority);

  /// Reserves positions for `tasks` in front of all others; returns the first one.
  std::int64_t reserve_front(std::int64_t tasks);

  /// The next position behind all others.
  std::int64_t reserve_end();

 private:
  std::optional<std::int64_t> edge(bool foremost);

  DynamoStore::Tables& tables_;
  const std::string labourer_id_;
  Band band_;
  DynamoStore::Tables::Edges& known_;
  bool asked_for_end_ = false;
};

}  // namespace sosw::aws
