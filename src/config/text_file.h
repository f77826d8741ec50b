#pragma once

#include <string>

#include "text/json_text.h"

namespace sosw {

/// The whole text of a file, or of standard input when the name is "-". Throws Error that names the file.
std::string read_text_file(const std::string& file);

/// Throws Error with the position: "job.json:3:5: is not valid JSON: ...".
JsonText json_of_file(const std::string& file, std::string_view text);

/// The name of the file in messages: "-" is standard input.
std::string name_of(const std::string& file);

}  // namespace sosw
