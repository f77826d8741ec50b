#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/dynamo/dynamo_closed_sets.h"
#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// A task that goes from one table to another in one transaction, perhaps with what its job counts.
struct Move {
  PutItem put;
  DeleteItem remove;
  std::optional<ClosedSets::Change> closed_change;
};

enum class Moved {
  yes,
  lost,   ///< it is no longer as it was seen: look again
  later,  ///< something was in the way for a moment: try again
};

/// Many moves at once, a few dozen in a transaction; each happens whole or not at all. What became of one
/// whose answers were lost is found out. Throws AwsError when the tables can't be used.
std::vector<Moved> carry_out(DynamoStore::Tables&, std::span<const Move>);

}  // namespace sosw::aws
