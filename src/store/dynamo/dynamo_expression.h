#pragma once

#include <string>

#include "aws/clients/dynamo_requests.h"
#include "store/dynamo/dynamo_moves.h"

namespace sosw::aws {

/// "It is as it was seen": same greenfield, same token, not completed. Adds its placeholders.
std::string unchanged_since(const Item& seen, Placeholders&);

/// The update that makes a task's row of the tasks table from what was seen into what it is to be, if nobody
/// else changed it since.
UpdateItem change_of(const std::string& table, const Item& seen, const Item& wanted);

/// The move of a waiting task to the tasks table, as `wanted`.
Move back_to_queue(const DynamoStore::Tables&, const Item& seen, Item wanted);

}  // namespace sosw::aws
