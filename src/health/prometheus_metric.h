#pragma once

#include "sosw/ports/metric_source.h"

namespace sosw {

/// Details {"source": "prometheus", "url": "http://127.0.0.1:9090", "query": "avg(pg_connections)"}: an
/// instant query whose result is a scalar or a vector of one sample. An empty vector and NaN are no data.
/// Also "headers": {name: text}.
class PrometheusMetric final : public MetricSource {
 public:
  bool accepts(const std::string& details) const override;
  std::vector<Reading> read(std::span<const std::string> details) override;
};

}  // namespace sosw
