#pragma once

#include <span>
#include <string>
#include <string_view>

#include "text/json.h"

namespace sosw {

/// " (did you mean 'x'?)" for the word nearest to `word`, or empty when none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

/// Throws InvalidConfig for a key of the object at `where` that is not among the known, naming the nearest
/// known one.
void require_known_key(std::string_view key, std::string_view where, std::span<const std::string_view> known);

/// The same for all keys of an object; the first unknown one is named.
void require_known_keys(const Json& object, std::string_view where, std::span<const std::string_view> known,
                        std::span<const std::string_view> also_known = {});

}  // namespace sosw
