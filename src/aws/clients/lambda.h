#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "aws/core/caller.h"
#include "aws/core/result.h"
#include "aws/core/session.h"

namespace sosw::aws {

struct LambdaInvoke {
  enum class Type { event, request_response, dry_run };
  std::string function;   ///< name, partial or full ARN, each perhaps with :qualifier
  std::string qualifier;  ///< version or alias; may be empty
  Type type = Type::event;
  std::string payload = "{}";
  bool tail_of_log = false;  ///< with request_response: the last 4 KB of its log
  Seconds timeout = 60;      ///< a synchronous call needs more than the function's own
};

struct LambdaAnswer {
  int status = 0;              ///< 202 accepted, 200 ended, 204 a dry run succeeded
  std::string payload;         ///< what the function returned, or its error as JSON
  std::string function_error;  ///< "Unhandled" when the function ran and failed
  std::string executed_version;
  std::string log_tail;
};

struct FunctionConfiguration {
  std::string name;
  std::string arn;
  std::string runtime;
  std::string state;  ///< "Active", ...; empty in lists
  std::string version;
  Seconds timeout = 0;
  std::int64_t memory_size = 0;  ///< MB
};

/// Lambda. One thread at a time.
class Lambda {
 public:
  explicit Lambda(Session&);
  explicit Lambda(Caller caller) : caller_(std::move(caller)) {}

  /// All run concurrently; results in their order. A call that may or may not have arrived is not repeated:
  /// its error has maybe_done. Every other error means that the function does not run.
  std::vector<Result<LambdaAnswer>> invoke(std::span<const LambdaInvoke>);
  LambdaAnswer invoke(const LambdaInvoke&);  ///< throws AwsError

  FunctionConfiguration configuration(const std::string& function);
  std::vector<FunctionConfiguration> list_functions();

 private:
  Caller caller_;
};

}  // namespace sosw::aws
