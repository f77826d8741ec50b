#include "aws/core/aws_error.h"

#include <fmt/format.h>

namespace sosw::aws {

std::string AwsError::text(const Details& details) {
  std::string text = fmt::format("{} {}: {}", details.service, details.operation, details.code);
  if (!details.message.empty()) text += ": " + details.message;
  if (details.status != 0) text += fmt::format(" (HTTP {}", details.status);
  if (details.status != 0 && !details.request_id.empty()) text += ", request " + details.request_id;
  if (details.status != 0) text += ")";
  return text;
}

}  // namespace sosw::aws
