#pragma once

#include <string_view>

#include "cli/screen.h"
#include "text/json.h"

namespace sosw {

const Screen& output();  ///< standard output

void print(std::string_view text);
void print_json(const Json&);  ///< on one line; bytes that are not valid UTF-8 become U+FFFD

}  // namespace sosw
