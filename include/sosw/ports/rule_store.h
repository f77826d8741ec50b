#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sosw/model/rule.h"

namespace sosw {

/// What becomes of that which is known of one rule.
struct RuleStep {
  std::optional<RuleProgress> from;  ///< nothing: the rule was not known
  std::optional<RuleProgress> to;    ///< of the same name; nothing: the rule is forgotten
};

/// How far the rules of an installation are. Several engines may look after the same ones. Same threading and
/// crash rules as TaskStore.
class RuleStore {
 public:
  virtual ~RuleStore() = default;

  virtual std::vector<RuleProgress> rule_progress() = 0;  ///< in the order of their names

  /// Takes each step wholly, or not at all when the rule is not as `from` says: then somebody else was there
  /// first, and what he noted stays. Not for two steps of the same rule.
  virtual void keep_rule_progress(std::span<const RuleStep>) = 0;
};

}  // namespace sosw
