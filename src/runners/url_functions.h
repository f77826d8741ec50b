#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/function_invoker.h"

#include "runners/outcomes.h"

namespace sosw {

/// Labourers that are URLs: each event is POSTed as JSON, and the answer decides the outcome. 200 to 299
/// completes the task; the body is the result, as the output of a ProcessFunctions worker is. Any other
/// status, an answer that is incomplete, longer than 6 MiB or missing within the labourer's duration fails
/// it. Redirects are not followed.
///
/// Where the call surely did not arrive (connection refused, no such host, an untrusted certificate) the
/// outcome is `refused`. The request names its task:
///
///     X-Sosw-Task-Id, X-Sosw-Labourer-Id, X-Sosw-Attempt (1, 2, ...), X-Sosw-Deadline-Ms (Unix milliseconds)
class UrlFunctions final : public FunctionInvoker {
 public:
  UrlFunctions(Outcomes&, Clock&, std::map<std::string, std::string> urls);  ///< by labourer id
  ~UrlFunctions() override;                                                  ///< stop(0)

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

  /// Calls nothing more and returns when all have answered, or after `grace`. A call without an answer by
  /// then may still be running there: it has no outcome.
  void stop(Seconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
