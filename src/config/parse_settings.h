#pragma once

#include <span>
#include <string_view>

#include "essentials/settings.h"
#include "text/json.h"
#include "text/mistakes.h"

namespace sosw {

/// Keys that another reader of the same document understands, in addition to those of Settings.
struct OtherKeys {
  std::span<const std::string_view> top;
  std::span<const std::string_view> labourer;
};

/// Throws InvalidConfig that names the key, also for an unknown key; InvalidConfigs for several mistakes.
Settings parse_settings(const Json& document, const OtherKeys& other = {});

/// The same, but collects mistakes and continues without the values they concern.
Settings read_settings(const Json& document, const OtherKeys& other, Mistakes&);

}  // namespace sosw
