#include "aws/core/environment.h"

#include <string_view>

#include <strings.h>
#include <unistd.h>

namespace sosw::aws {

Environment Environment::of_process() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    if (const auto equals = text.find('='); equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

bool Environment::is_true(const std::string& name) const {
  const auto value = get(name);
  return value && strcasecmp(value->c_str(), "true") == 0;
}

}  // namespace sosw::aws
