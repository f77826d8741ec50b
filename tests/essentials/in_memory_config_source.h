#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "config/config_source.h"

namespace sosw {

/// Configurations that lie in memory.
struct InMemoryConfigSource final : ConfigSource {
  InMemoryConfigSource(std::string label_, std::map<std::string, std::string> values_)
      : label(std::move(label_)), values(std::move(values_)) {}

  std::string name() const override { return label; }
  std::map<std::string, std::string> find(std::span<const std::string> names) override {
    std::map<std::string, std::string> found;
    for (const std::string& name : names)
      if (values.contains(name)) found[name] = values[name];
    return found;
  }
  std::map<std::string, std::string> find_by_prefix(const std::string&) override { return {}; }

  std::string label;
  std::map<std::string, std::string> values;
};

}  // namespace sosw
