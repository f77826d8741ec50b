#pragma once

#include "sosw/ports/metric_source.h"

namespace sosw {

/// Details {"source": "http", "url": "http://127.0.0.1:9000/health", "path": "db.free_connections"}: a number
/// in the JSON that a GET returns. `path` is a dotted path of keys and list indexes; without it the whole
/// document is the number. Also "headers": {name: text}.
class HttpJsonMetric final : public MetricSource {
 public:
  bool accepts(const std::string& details) const override;
  std::vector<Reading> read(std::span<const std::string> details) override;
};

}  // namespace sosw
