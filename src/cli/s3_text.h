#pragma once

#include <string>
#include <string_view>

namespace sosw {

inline constexpr std::string_view kS3Scheme = "s3://";

/// The object at "s3://bucket/key", read with the account and region of the environment. Throws Error that
/// names the object when it does not exist or access is denied.
std::string read_s3_text(const std::string& url);

}  // namespace sosw
