#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aws/core/account.h"
#include "health/cloud_watch_metric.h"

namespace sosw {

/// CloudWatch's metrics. The account is looked up when the first metric is read, so none is needed without.
class CloudWatchSource final : public MetricSource {
 public:
  bool accepts(const std::string& details) const override;
  std::vector<Reading> read(std::span<const std::string> details) override;

 private:
  std::unique_ptr<AwsAccess> access_;
  std::unique_ptr<aws::CloudWatchMetric> metric_;
};

}  // namespace sosw
