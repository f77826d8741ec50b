#pragma once

#include <string_view>

#include "sosw/model/errors.h"

#include "text/json_text.h"

namespace sosw {

/// An event or a job as it came. Throws InvalidJob when it is not JSON or beyond the limits.
inline JsonText job_json(std::string_view text) {
  try {
    return JsonText(text);
  } catch (const InvalidJson& error) {
    throw InvalidJob(error.what());
  }
}

}  // namespace sosw
