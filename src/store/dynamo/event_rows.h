#pragma once

#include <optional>

#include "sosw/model/task_event.h"

#include "aws/clients/attribute_value.h"
#include "store/dynamo/dynamo_event_log.h"

namespace sosw::aws {

/// In our rows of the meta table; other systems' rows have no such attribute.
inline constexpr const char* kOwnEvent = "sosw_own";

/// An event as a row of the meta table (SPEC 2, 10). Its details become attributes, which the row's own
/// override; details that can't be attributes are left out.
Item event_row(const TaskEvent&, const EventAuthor&);

/// The event of a row from any author; nullopt when its action is unknown. Attributes not common to every row
/// are its details.
std::optional<TaskEvent> event_from(const Item& row);

}  // namespace sosw::aws
