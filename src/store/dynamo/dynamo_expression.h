#pragma once

#include <string>

#include "aws/clients/dynamo_requests.h"
#include "store/dynamo/dynamo_moves.h"

namespace sosw::aws {

/// The condition "unchanged since read": same greenfield, same token, not completed. Adds its placeholders.
std::string unchanged_since(const Item& seen, Placeholders&);

/// The update that changes a task's row of the tasks table from the state read to the wanted one, if it is
/// unchanged since.
UpdateItem change_of(const std::string& table, const Item& seen, const Item& wanted);

/// Moves a waiting task to the tasks table, as `wanted`.
Move back_to_queue(const DynamoStore::Tables&, const Item& seen, Item wanted);

}  // namespace sosw::aws
