#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sosw {

/// Returns the current values of health metrics.
class MetricSource {
 public:
  virtual ~MetricSource() = default;

  struct Reading {
    std::optional<double> value;  ///< nullopt: there is no data
    std::string problem;          ///< why not, for people; empty when the source just has none
  };

  /// Whether the source understands these details (the JSON object of HealthMetric::details). Throws
  /// InvalidConfig, with an empty `where`, when they are meant for this source but invalid.
  virtual bool accepts(const std::string& details) const = 0;

  /// One reading for each of the details, in their order. Queries many at once; never throws.
  virtual std::vector<Reading> read(std::span<const std::string> details) = 0;
};

}  // namespace sosw
