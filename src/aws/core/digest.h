#pragma once

#include <string>
#include <string_view>

namespace sosw::aws {

std::string sha256_hex(std::string_view);
std::string hmac_sha256(std::string_view key, std::string_view message);  ///< 32 raw bytes
std::string to_hex(std::string_view bytes);                               ///< lower case

std::string base64(std::string_view bytes);
/// Throws std::invalid_argument when it is not valid base64.
std::string from_base64(std::string_view);

}  // namespace sosw::aws
