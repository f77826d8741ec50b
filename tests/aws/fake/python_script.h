#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace sosw::aws {

/// Debian's own Python: the one that python3-botocore is installed for.
constexpr const char* kPython = "/usr/bin/python3";

/// Runs tests/aws/NAME with `input` on its standard input; returns what it printed. Throws when it fails.
nlohmann::json run_script(const std::string& name, const nlohmann::json& input);

}  // namespace sosw::aws
