#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runners/runtime/runtime_functions.h"

namespace sosw {

/// NAME=VALUE: the variables of AWS Lambda's custom runtimes that make sense here.
std::vector<std::string> runtime_environment(const std::string& labourer_id, const Bootstrap&,
                                             const RuntimeOptions&, std::uint16_t port,
                                             std::uint64_t process);

}  // namespace sosw
