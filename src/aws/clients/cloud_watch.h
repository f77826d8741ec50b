#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/result.h"
#include "aws/core/session.h"

namespace sosw::aws {

struct MetricQuery {
  std::string name_space;
  std::string metric;
  std::map<std::string, std::string> dimensions;  ///< all those that the metric was published with
  int period = 60;                                ///< seconds; a multiple of 60
  std::string statistic = "Average";              ///< Average, Sum, Minimum, Maximum, SampleCount
  std::string unit = "";                          ///< only datapoints with that unit; empty: any
  Time from;
  Time to;  ///< exclusive
};

struct Datapoint {
  Time time;
  double value = 0;
};

/// CloudWatch's metrics. One thread at a time.
class CloudWatch {
 public:
  explicit CloudWatch(Session&);
  explicit CloudWatch(Caller caller) : caller_(std::move(caller)) {}

  /// The datapoints of each query, oldest first; empty when there is no data. All requests run concurrently.
  std::vector<Result<std::vector<Datapoint>>> statistics(std::span<const MetricQuery>);

  /// The same by GetMetricData: up to 500 queries of the same span of time in one request. Throws AwsError.
  std::vector<std::vector<Datapoint>> data(std::span<const MetricQuery>, Time from, Time to);

 private:
  Caller caller_;
};

}  // namespace sosw::aws
