#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sosw/ports/metric_source.h"

#include "essentials/settings.h"
#include "model/decision.h"

namespace sosw {

/// The health of what workers depend on (SPEC 7). refresh() may run on its own thread.
class Ecology {
 public:
  /// Throws InvalidConfig when no source, or a metric's own source, accepts its details.
  Ecology(const Settings&, std::vector<MetricSource*> sources);

  /// Reads every metric once, however many labourers share it.
  void refresh();

  /// The worst of the labourer's metrics, by the latest readings; high when it has none.
  Condition condition(const Labourer&) const;

  bool has_metrics() const { return !wanted_.empty(); }

 private:
  std::map<MetricSource*, std::vector<std::string>> wanted_;  ///< details by the source that understands them
  mutable std::mutex mutex_;
  std::map<std::string, MetricSource::Reading> readings_;  ///< by details
};

}  // namespace sosw
