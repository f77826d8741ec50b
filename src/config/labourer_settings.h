#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sosw/model/labourer.h"

#include "text/json.h"

namespace sosw {

/// What a labourer has that says nothing of its own.
struct LabourerDefaults {
  int max_simultaneous_invocations = 1;
  int max_attempts = 3;
};

/// One entry of `labourers` (SPEC 4). Throws InvalidConfig with the place of the key.
Labourer parse_labourer(const std::string& id, const Json& settings, const LabourerDefaults&,
                        std::span<const std::string_view> other_keys);

/// Throws InvalidConfig with the place of what an engine can't work with: a labourer whose values come from
/// code may have it anywhere, one that was parsed only in its cooldown.
void require_usable(const Labourer&);

/// A whole number of at least `least`; nothing when the key is absent or null. Throws InvalidConfig.
std::optional<int> whole_number(const Json& object, const std::string& key, const std::string& where,
                                int least);

}  // namespace sosw
