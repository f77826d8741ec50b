#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sosw {

/// The events that an event carries: what SNS, SQS and EventBridge wrapped around them, nested or not, is
/// taken off; anything else is returned as the one event it is (SPEC 5, SPEC 12). Numbers and text keep their
/// bytes. Throws InvalidJob for what is no JSON.
std::vector<std::string> unwrap_event(std::string_view event);

}  // namespace sosw
