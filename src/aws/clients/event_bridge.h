#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/session.h"

namespace sosw::aws {

/// EventBridge's rules on the default bus. Calls throw AwsError. One thread at a time.
class EventBridge {
 public:
  explicit EventBridge(Session&);
  explicit EventBridge(Caller caller) : caller_(std::move(caller)) {}

  std::vector<std::string> rule_names_by_target(const std::string& target_arn);

  struct Rule {
    std::string name;
    std::string arn;
    std::string schedule;  ///< "rate(1 minute)"; may be empty
    bool enabled = false;
  };
  std::optional<Rule> rule(const std::string& name);  ///< nullopt when there is none

 private:
  Caller caller_;
};

}  // namespace sosw::aws
