#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/session.h"

namespace sosw::aws {

/// Systems Manager's parameters, decrypted. Values may be secret. Calls throw AwsError. One thread at a time.
class Ssm {
 public:
  explicit Ssm(Session&);
  explicit Ssm(Caller caller) : caller_(std::move(caller)) {}

  /// Returns nullopt when there is no such parameter.
  std::optional<std::string> parameter(const std::string& name);

  /// Those that exist, by name.
  std::map<std::string, std::string> parameters(std::span<const std::string> names);

  /// All below a path such as "/sosw/", at any depth, by full name.
  std::map<std::string, std::string> parameters_below(const std::string& path);

  /// Names that begin with the prefix, of parameters with that tag.
  std::vector<std::string> names(const std::string& prefix, const std::string& tag,
                                 const std::string& tag_value);

 private:
  Caller caller_;
};

}  // namespace sosw::aws
