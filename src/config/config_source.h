#pragma once

#include <map>
#include <span>
#include <string>

namespace sosw {

/// A source of configurations and credentials by name. Values may be secret: never to be logged.
class ConfigSource {
 public:
  virtual ~ConfigSource() = default;

  /// Its name in messages, such as "the table config".
  virtual std::string name() const = 0;

  /// The values of those names that exist. A source that denies access has none, which is logged once. Throws
  /// Error when it can't be read now.
  virtual std::map<std::string, std::string> find(std::span<const std::string> names) = 0;

  /// The values of all names that begin with the prefix and an underscore, by the rest of the name.
  virtual std::map<std::string, std::string> find_by_prefix(const std::string& prefix) = 0;
};

}  // namespace sosw
