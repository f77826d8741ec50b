#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sosw/ports/function_invoker.h"

#include "aws/clients/lambda.h"

namespace sosw::aws {

/// Labourers that are functions on AWS Lambda: each is called by its arn, asynchronously, many at once. Their
/// workers report their ends to the Worker Assistant.
///
/// Refused: throttles, 5xx, no such function, no permission; Lambda is not reached, there are no credentials.
///
/// Failed: the event is too long or invalid, as it will be each time.
///
/// Unknown: no answer after the call was sent.
///
/// Safe to use from any thread; calls are serialized.
class LambdaFunctions final : public FunctionInvoker {
 public:
  explicit LambdaFunctions(Session&);

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

  /// The function's own timeout. Lambda is asked once; nullopt when it can't be read, which is logged.
  std::optional<Seconds> timeout_of(const Labourer&);

 private:
  std::mutex mutex_;
  CredentialSource& credentials_;
  Lambda lambda_;
  std::map<std::string, std::optional<Seconds>> timeouts_;  ///< by arn
};

}  // namespace sosw::aws
