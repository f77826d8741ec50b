#pragma once

#include <vector>

#include "health/cloud_watch_source.h"
#include "health/http_json_metric.h"
#include "health/prometheus_metric.h"
#include "health/static_metric.h"

namespace sosw {

/// All metric sources.
class MetricSources {
 public:
  std::vector<MetricSource*> sources() { return {&static_, &http_json_, &prometheus_, &cloud_watch_}; }

 private:
  StaticMetric static_;
  HttpJsonMetric http_json_;
  PrometheusMetric prometheus_;
  CloudWatchSource cloud_watch_;
};

}  // namespace sosw
