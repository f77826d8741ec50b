#pragma once

#include "sosw/ports/metric_source.h"

namespace sosw {

/// Details {"source": "static", "value": 3}: a constant from the configuration.
class StaticMetric final : public MetricSource {
 public:
  bool accepts(const std::string& details) const override;
  std::vector<Reading> read(std::span<const std::string> details) override;
};

}  // namespace sosw
