#pragma once

#include "sosw/ports/clock.h"
#include "sosw/ports/metric_source.h"

#include "aws/clients/cloud_watch.h"

namespace sosw::aws {

/// Details in the format of GetMetricStatistics (SPEC 7), with or without "source": "cloudwatch":
///
///     {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization",
///      "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "orders"}],
///      "Period": 60, "Statistics": ["Average"], "MetricAggregationTimeSlice": 300}
///
/// The datapoints of the last MetricAggregationTimeSlice seconds, reduced by their own statistic: the mean of
/// averages, the largest maximum, the smallest minimum, the sum of sums and of sample counts. Without
/// datapoints there is no data. "Name" is an alias of "MetricName"; also "Unit". Numbers may be texts.
///
/// Reads many metrics in one request (GetMetricData); where that is not permitted, or rejects one of them,
/// each separately (GetMetricStatistics). One thread at a time.
class CloudWatchMetric final : public MetricSource {
 public:
  CloudWatchMetric(CloudWatch watch, Clock& clock) : watch_(std::move(watch)), clock_(clock) {}

  static bool understands(const std::string& details);
  bool accepts(const std::string& details) const override { return understands(details); }
  std::vector<Reading> read(std::span<const std::string> details) override;

 private:
  std::vector<Result<std::vector<Datapoint>>> ask(std::span<const MetricQuery>);

  CloudWatch watch_;
  Clock& clock_;
  bool data_is_forbidden_ = false;  ///< GetMetricData, which is not tried again
};

}  // namespace sosw::aws
