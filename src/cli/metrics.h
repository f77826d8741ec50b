#pragma once

#include <vector>

#include "sosw/essentials/static_metric.h"
#include "sosw/http/http_json_metric.h"
#include "sosw/http/prometheus_metric.h"

namespace sosw {

/// The metric sources of this machine.
class Metrics {
 public:
  std::vector<MetricSource*> sources() { return {&static_, &http_json_, &prometheus_}; }

 private:
  StaticMetric static_;
  HttpJsonMetric http_json_;
  PrometheusMetric prometheus_;
};

}  // namespace sosw
