#pragma once

#include <vector>

#include "sosw/essentials/static_metric.h"
#include "sosw/http/http_json_metric.h"
#include "sosw/http/prometheus_metric.h"

#include "cli/aws_parts.h"

namespace sosw {

/// All metric sources there are.
class Metrics {
 public:
  std::vector<MetricSource*> sources() { return {&static_, &http_json_, &prometheus_, &cloud_watch_}; }

 private:
  StaticMetric static_;
  HttpJsonMetric http_json_;
  PrometheusMetric prometheus_;
  CloudWatchSource cloud_watch_;
};

}  // namespace sosw
