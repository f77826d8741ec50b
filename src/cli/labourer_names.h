#pragma once

#include <string>

#include "sosw/essentials/settings.h"
#include "sosw/ports/task_desk.h"

namespace sosw {

/// Throws Error, naming the nearest one, for a labourer that is neither configured nor known to the store.
/// `settings` may be null.
void require_labourer(const std::string& id, TaskDesk&, const Settings* settings);

}  // namespace sosw
