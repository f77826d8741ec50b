#include "notify/log_alarm.h"

#include <spdlog/spdlog.h>

namespace sosw {

void LogAlarm::raise(const std::string& subject, const std::string& message) {
  spdlog::error("{}: {}", subject, message);
}

}  // namespace sosw
