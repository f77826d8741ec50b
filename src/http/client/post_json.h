#pragma once

#include <span>
#include <string>
#include <vector>

namespace sosw {

struct JsonPost {
  std::string url;
  std::string json;
};

/// Sends them, many at once. For each, why it did not arrive, in one line that names the URL and is safe to
/// log; empty when it did.
std::vector<std::string> post_json(std::span<const JsonPost>);

}  // namespace sosw
