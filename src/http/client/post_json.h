#pragma once

#include <span>
#include <string>
#include <vector>

namespace sosw {

struct JsonPost {
  std::string url;
  std::string json;
};

/// Sends them concurrently. For each, why it was not delivered, in one line that names the URL and is safe to
/// log; empty when it was.
std::vector<std::string> post_json(std::span<const JsonPost>);

}  // namespace sosw
