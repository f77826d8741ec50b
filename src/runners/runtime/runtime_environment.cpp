#include "runners/runtime/runtime_environment.h"

#include <cstdlib>

#include <fmt/format.h>

namespace sosw {
namespace {

constexpr int kMemory = 1024;  // MB; not enforced

/// Our values, where the environment of the engine has none.
void set_if_missing(std::vector<std::string>& environment, const char* name, const std::string& value) {
  if (std::getenv(name) == nullptr) environment.push_back(fmt::format("{}={}", name, value));
}

}  // namespace

std::vector<std::string> runtime_environment(const std::string& labourer_id, const Bootstrap& bootstrap,
                                             const RuntimeOptions& options, std::uint16_t port,
                                             std::uint64_t process) {
  std::vector<std::string> environment = {
      fmt::format("AWS_LAMBDA_RUNTIME_API=127.0.0.1:{}", port),
      "AWS_LAMBDA_FUNCTION_NAME=" + labourer_id,
      "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
      fmt::format("AWS_LAMBDA_FUNCTION_MEMORY_SIZE={}", kMemory),
      "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
      "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + labourer_id,
      fmt::format("AWS_LAMBDA_LOG_STREAM_NAME=local/{}", process),
      "AWS_LAMBDA_LOG_FORMAT=Text",
      "LAMBDA_TASK_ROOT=" + bootstrap.directory.string(),
      "LAMBDA_RUNTIME_DIR=" + bootstrap.directory.string(),
      "_HANDLER=" + bootstrap.handler,
      "SOSW_LABOURER_ID=" + labourer_id,
  };
  set_if_missing(environment, "AWS_REGION", options.region);
  set_if_missing(environment, "AWS_DEFAULT_REGION", options.region);
  if (!options.invoke_url.empty()) environment.push_back("AWS_ENDPOINT_URL_LAMBDA=" + options.invoke_url);
  const auto& [access_key_id, secret_access_key] = options.invoke_credentials;
  if (!access_key_id.empty() && std::getenv("AWS_ACCESS_KEY_ID") == nullptr) {
    environment.push_back("AWS_ACCESS_KEY_ID=" + access_key_id);
    environment.push_back("AWS_SECRET_ACCESS_KEY=" + secret_access_key);
  }
  return environment;
}

}  // namespace sosw
