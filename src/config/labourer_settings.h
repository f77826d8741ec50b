#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sosw/model/labourer.h"

#include "text/json.h"

namespace sosw {

/// The defaults of a labourer.
struct LabourerDefaults {
  int max_simultaneous_invocations = 1;
  int max_attempts = 3;
};

/// One entry of `labourers` (SPEC 4). Throws InvalidConfig with the path of the key.
Labourer parse_labourer(const std::string& id, const Json& settings, const LabourerDefaults&,
                        std::span<const std::string_view> other_keys);

/// Throws InvalidConfig with the path of a value that an engine can't use: any value if the labourer comes
/// from code, only the cooldown if it was parsed.
void require_usable(const Labourer&);

/// An integer of at least `least`; nullopt when the key is absent or null. Throws InvalidConfig.
std::optional<int> whole_number(const Json& object, const std::string& key, const std::string& where,
                                int least);

}  // namespace sosw
