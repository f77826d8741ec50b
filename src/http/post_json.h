#pragma once

#include <string>
#include <vector>

namespace sosw {

/// POSTs each of the documents to the URL, many at once. For each, why it did not arrive, in one line that
/// names the URL and is safe to log; empty when it did.
std::vector<std::string> post_json(const std::string& url, std::vector<std::string> documents);

}  // namespace sosw
