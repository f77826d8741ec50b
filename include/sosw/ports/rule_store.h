#pragma once

#include <span>
#include <vector>

#include "sosw/model/rule.h"

namespace sosw {

/// How far the rules of an installation are. Same threading and crash rules as TaskStore.
class RuleStore {
 public:
  virtual ~RuleStore() = default;

  virtual std::vector<RuleProgress> rule_progress() = 0;  ///< in the order of their names

  /// These and no others from now on, in one step.
  virtual void keep_rule_progress(std::span<const RuleProgress>) = 0;
};

}  // namespace sosw
