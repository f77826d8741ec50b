#include "notify/alarm_address.h"

#include "notify/lambda_alarm.h"
#include "notify/sns_alarm.h"

namespace sosw::aws {

std::unique_ptr<Alarm> alarm_at(Session& session, const std::string& address) {
  if (address.find(":sns:") != std::string::npos) return std::make_unique<SnsAlarm>(session, address);
  return std::make_unique<LambdaAlarm>(session, address);
}

}  // namespace sosw::aws
