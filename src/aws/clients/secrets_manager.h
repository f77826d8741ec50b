#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/session.h"

namespace sosw::aws {

/// Secrets Manager. Calls throw AwsError. One thread at a time.
class SecretsManager {
 public:
  explicit SecretsManager(Session&);
  explicit SecretsManager(Caller caller) : caller_(std::move(caller)) {}

  /// The current value of a secret by its name or ARN, a binary one as its bytes; nullopt when it does not
  /// exist.
  std::optional<std::string> value(const std::string& id);

  struct Filter {
    std::string key;  ///< "name", "tag-key", "tag-value", "description", "all"
    std::vector<std::string> values;
  };
  struct Entry {
    std::string name;
    std::string arn;
    std::map<std::string, std::string> tags;
  };
  std::vector<Entry> list(const std::vector<Filter>&);

 private:
  Caller caller_;
};

}  // namespace sosw::aws
