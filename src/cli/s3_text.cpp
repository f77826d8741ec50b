#include "cli/s3_text.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "aws/clients/s3.h"
#include "aws/core/account.h"

namespace sosw {

std::string read_s3_text(const std::string& url) {
  const std::string path = url.substr(kS3Scheme.size());
  const auto slash = path.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == path.size())
    throw Error(fmt::format("{}: must be s3://BUCKET/KEY", url));
  AwsAccess access;
  try {
    auto text = aws::S3(access.session).get(path.substr(0, slash), path.substr(slash + 1));
    if (!text) throw Error("there is no such object");
    return *std::move(text);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", url, error.what()));
  }
}

}  // namespace sosw
