#pragma once

#include <string_view>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "text/json_text.h"

namespace sosw {

/// An event or a job as received. Throws InvalidJob when it is not JSON or beyond the limits.
inline JsonText job_json(std::string_view text) {
  try {
    return JsonText(text);
  } catch (const InvalidJson& error) {
    throw InvalidJob(error.what());
  }
}

/// Throws InvalidJob that names the key and shows its actual value.
[[noreturn]] inline void refuse_value(std::string_view key, std::string_view must_be, std::string_view got) {
  throw InvalidJob(fmt::format("{}: must be {}, got {}", key, must_be, shown(got)));
}

}  // namespace sosw
