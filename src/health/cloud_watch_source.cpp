#include "health/cloud_watch_source.h"

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

}  // namespace sosw
