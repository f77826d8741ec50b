#pragma once

#include <memory>
#include <string>

#include "sosw/ports/alarm.h"

#include "aws/core/session.h"

namespace sosw::aws {

/// Alarms to the ARN of a topic, or to the name or ARN of a function. Throws InvalidConfig for other text.
std::unique_ptr<Alarm> alarm_at(Session&, const std::string& address);

}  // namespace sosw::aws
