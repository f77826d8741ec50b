#pragma once

#include <map>
#include <span>
#include <string>

namespace sosw {

/// A place that keeps configurations and credentials by name. Values may be secret: never to be logged.
class ConfigSource {
 public:
  virtual ~ConfigSource() = default;

  /// What it is called in messages, such as "the table config".
  virtual std::string name() const = 0;

  /// The values of those names that exist. A source that may not be read has none, which is logged once.
  /// Throws Error when it can't be asked now.
  virtual std::map<std::string, std::string> find(std::span<const std::string> names) = 0;

  /// The values of all names that begin with the prefix and an underscore, by what follows it.
  virtual std::map<std::string, std::string> find_by_prefix(const std::string& prefix) = 0;
};

}  // namespace sosw
