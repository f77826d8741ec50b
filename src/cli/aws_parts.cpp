#include "cli/aws_parts.h"

#include "sosw/aws/alarm_address.h"
#include "sosw/aws/sns_messenger.h"
#include "sosw/model/errors.h"

namespace sosw {
bool CloudWatchSource::accepts(const std::string& details) const {
  return aws::CloudWatchMetric::understands(details);
}

std::vector<MetricSource::Reading> CloudWatchSource::read(std::span<const std::string> details) {
  try {
    if (!metric_) {
      access_ = std::make_unique<AwsAccess>();
      metric_ = std::make_unique<aws::CloudWatchMetric>(aws::CloudWatch(access_->session), access_->clock);
    }
  } catch (const Error& error) {
    return std::vector<Reading>(details.size(), {std::nullopt, error.what()});
  }
  return metric_->read(details);
}

AwsAlarm::AwsAlarm(const std::string& address) : alarm_(aws::alarm_at(access_.session, address)) {}

std::string TopicMessenger::deliver(Kind kind, const std::string& address, const std::string& json) {
  if (kind == Kind::webhook) return webhooks_.deliver(kind, address, json);
  try {
    if (!access_) access_ = std::make_unique<AwsAccess>();
    return aws::SnsMessenger(access_->session, webhooks_).deliver(kind, address, json);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace sosw
