#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sosw/model/rule.h"

namespace sosw {

/// A change of the stored progress of one rule.
struct RuleStep {
  std::optional<RuleProgress> from;  ///< nullopt: the rule is not stored yet
  std::optional<RuleProgress> to;    ///< of the same name; nullopt: the rule is deleted
};

/// The progress of the rules of an installation. Several engines may process the same rules. Same threading
/// and crash rules as TaskStore.
class RuleStore {
 public:
  virtual ~RuleStore() = default;

  virtual std::vector<RuleProgress> rule_progress() = 0;  ///< in the order of their names

  /// Applies each step completely, or not at all when the stored progress differs from `from`: then another
  /// engine was first, and its progress stays. Must not get two steps of the same rule.
  virtual void keep_rule_progress(std::span<const RuleStep>) = 0;
};

}  // namespace sosw
