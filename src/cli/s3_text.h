#pragma once

#include <string>
#include <string_view>

namespace sosw {

inline constexpr std::string_view kS3Scheme = "s3://";

/// The object at "s3://bucket/key", read with the account and region of the environment. Throws Error that
/// names the place when there is none or it may not be read.
std::string read_s3_text(const std::string& url);

}  // namespace sosw
