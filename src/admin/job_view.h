#pragma once

#include <cstdint>

#include "sosw/model/job.h"

#include "text/json.h"

namespace sosw {

std::int64_t total_of(const Job&);  ///< of its tasks, as far as known

/// A job as people see it; its "state" is chunking, open or finished.
Json json_of(const Job&);

}  // namespace sosw
