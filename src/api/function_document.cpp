#include "api/function_document.h"

#include <algorithm>
#include <cmath>

namespace sosw {

nlohmann::ordered_json configuration_of(const FunctionDescription& function, bool with_state) {
  nlohmann::ordered_json configuration = {
      {"FunctionName", function.name},
      {"FunctionArn", function.arn},
      {"Runtime", "provided.al2023"},
      {"Role", ""},
      {"Handler", function.name},
      {"CodeSize", 0},
      {"Description", function.description},
      {"Timeout", std::max(1, static_cast<int>(std::ceil(function.timeout)))},
      {"MemorySize", 1024},
      {"LastModified", "1970-01-01T00:00:00.000+0000"},
      {"Version", "$LATEST"},
      {"PackageType", "Zip"},
      {"Architectures", {"x86_64"}},
  };
  if (with_state) {
    configuration["State"] = "Active";
    configuration["LastUpdateStatus"] = "Successful";
  }
  return configuration;
}

nlohmann::ordered_json document_of(const FunctionDescription& function) {
  nlohmann::ordered_json document = {{"Configuration", configuration_of(function, true)},
                                     {"Code", {{"RepositoryType", "Local"}, {"Location", ""}}},
                                     {"Tags", nlohmann::ordered_json::object()}};
  if (function.concurrency > 0)
    document["Concurrency"] = {{"ReservedConcurrentExecutions", function.concurrency}};
  return document;
}

}  // namespace sosw
