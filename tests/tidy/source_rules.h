#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sosw {

/// What breaks the rules of the house (docs/architecture.md, CONTRIBUTING.md) in a tree of sources, a line
/// each: the file, its line, what is wrong, and the way out.
std::vector<std::string> broken_rules(const std::filesystem::path& root);

}  // namespace sosw
