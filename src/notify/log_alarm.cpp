#include "notify/log_alarm.h"

#include <spdlog/spdlog.h>

namespace sosw {

void LogAlarm::raise(const std::string& subject, const std::string& message) {
  std::string plain = subject;  // its backticks are for clients that render them (SPEC 9)
  std::erase(plain, '`');
  spdlog::error("{}: {}", plain, message);
}

}  // namespace sosw
