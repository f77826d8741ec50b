#pragma once

#include <string_view>
#include <vector>

#include "job/job_json.h"

namespace sosw {

/// The events inside an event: the wrappers of SNS, SQS and EventBridge, nested or not, are removed; anything
/// else is returned as the one event it is (SPEC 5, SPEC 12). Numbers and text keep their bytes.
std::vector<JsonText> unwrap_event(const JsonText& event);
inline std::vector<JsonText> unwrap_event(std::string_view event) { return unwrap_event(job_json(event)); }

}  // namespace sosw
