#pragma once

#include <span>
#include <string>
#include <string_view>

#include "text/json.h"

namespace sosw {

/// The word nearest to `word` within that many changed, added or removed letters; empty when none is.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known,
                              std::size_t most_changes);

/// " (did you mean 'x'?)" for the word nearest to `word`, or empty when none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

/// Throws InvalidConfig for an unknown key of the object at `where`, naming the nearest known one.
void require_known_key(std::string_view key, std::string_view where, std::span<const std::string_view> known);

/// The same for all keys of an object; each unknown one is named.
void require_known_keys(const Json& object, std::string_view where, std::span<const std::string_view> known,
                        std::span<const std::string_view> also_known = {});

}  // namespace sosw
