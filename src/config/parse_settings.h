#pragma once

#include <span>
#include <string_view>

#include "essentials/settings.h"
#include "text/json.h"
#include "text/known_keys.h"

namespace sosw {

/// Keys that a reader of the same document understands beside those of Settings.
struct OtherKeys {
  std::span<const std::string_view> top;
  std::span<const std::string_view> labourer;
};

/// Throws InvalidConfig that names the key, also for a key nobody knows.
Settings parse_settings(const Json& document, const OtherKeys& other = {});

}  // namespace sosw
