#pragma once

#include <optional>

#include "sosw/model/task_event.h"

#include "aws/clients/attribute_value.h"
#include "store/dynamo/dynamo_event_log.h"

namespace sosw::aws {

/// In rows of the meta table that are ours; another system's have no such attribute.
inline constexpr const char* kOwnEvent = "sosw_own";

/// An event as a row of the meta table (SPEC 2, 10). Its details are attributes beside the row's own, which
/// go before; details that can't be attributes are left out.
Item event_row(const TaskEvent&, const EventAuthor&);

/// The event of a row, whoever wrote it; nothing when its action is none. Attributes that are not every row's
/// are its details.
std::optional<TaskEvent> event_from(const Item& row);

}  // namespace sosw::aws
