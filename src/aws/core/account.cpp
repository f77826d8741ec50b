#include "aws/core/account.h"

#include <fstream>

#include "sosw/model/errors.h"

namespace sosw {

bool names_aws_credentials(const aws::Environment& environment) {
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
                           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"})
    if (environment.get(name)) return true;
  try {
    const auto config = aws::SharedConfig::load(environment);
    for (const char* key :
         {"aws_access_key_id", "role_arn", "credential_process", "sso_session", "sso_start_url"})
      if (config.get(key)) return true;
    return false;
  } catch (const InvalidConfig&) {
    return true;  // their users report what is wrong with the files
  }
}

std::string local_region() {
  const auto environment = aws::Environment::of_process();
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (const auto region = environment.get(name); region && !region->empty()) return *region;
  return "us-east-1";
}

bool is_ec2_instance() {
  std::ifstream file("/sys/class/dmi/id/sys_vendor");
  std::string vendor;
  return std::getline(file, vendor) && vendor == "Amazon EC2";
}

}  // namespace sosw
