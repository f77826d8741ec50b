#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/dynamo/dynamo_closed_sets.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// Moves a task from one table to another in one transaction, perhaps with its job's counts.
struct Move {
  PutItem put;
  DeleteItem remove;
  std::optional<ClosedSets::Change> closed_change;
};

enum class Moved {
  yes,
  lost,   ///< it has changed since it was read: read again
  later,  ///< temporarily blocked: try again
};

/// Many moves at once, a few dozen per transaction; each is all-or-nothing. The results of moves with lost
/// answers are read back. Throws AwsError when the tables can't be used.
std::vector<Moved> carry_out(DynamoStore::Tables&, std::span<const Move>);

}  // namespace sosw::aws
