#include "notify/aws_alarm.h"

#include "notify/alarm_address.h"

namespace sosw {

AwsAlarm::AwsAlarm(const std::string& address) : alarm_(aws::alarm_at(access_.session, address)) {}

}  // namespace sosw
