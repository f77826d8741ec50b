#pragma once

#include <map>
#include <optional>
#include <string>

namespace sosw::aws {

/// Environment variables as a value. Holds secrets: never to be logged or shown as a whole.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}

  static Environment of_process();

  /// Returns nullopt when the variable is unset or empty.
  std::optional<std::string> get(const std::string& name) const;
  /// Whether the variable is "true", in any case.
  bool is_true(const std::string& name) const;

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace sosw::aws
