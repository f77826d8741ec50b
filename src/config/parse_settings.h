#pragma once

#include <span>
#include <string_view>

#include "essentials/settings.h"
#include "text/json.h"
#include "text/mistakes.h"

namespace sosw {

/// Keys that a reader of the same document understands beside those of Settings.
struct OtherKeys {
  std::span<const std::string_view> top;
  std::span<const std::string_view> labourer;
};

/// Throws InvalidConfig that names the key, also for a key nobody knows; InvalidConfigs for several mistakes.
Settings parse_settings(const Json& document, const OtherKeys& other = {});

/// The same, but notes mistakes and goes on without what they are about.
Settings read_settings(const Json& document, const OtherKeys& other, Mistakes&);

}  // namespace sosw
