#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/function_invoker.h"

#include "runners/outcomes.h"

namespace sosw {

/// Labourers that are URLs: each event is POSTed as JSON, and the answer tells how the task ended. 200 to 299
/// completes it; the body is the result, as the output of a ProcessFunctions worker is. Any other status, an
/// answer that is cut off, longer than 6 MiB or not there within the labourer's duration fails it. Redirects
/// are not followed.
///
/// Where the call surely did not arrive (nobody listens, no such host, a certificate that can't be trusted)
/// the outcome is `refused`. The server hears whom it works for:
///
///     X-Sosw-Task-Id, X-Sosw-Labourer-Id, X-Sosw-Attempt (1, 2, ...), X-Sosw-Deadline-Ms (Unix milliseconds)
class UrlFunctions final : public FunctionInvoker {
 public:
  UrlFunctions(Outcomes&, Clock&, std::map<std::string, std::string> urls);  ///< by labourer id
  ~UrlFunctions() override;                                                  ///< stop(0)

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

  /// Call nothing more and return when all have answered, or after `grace`. What has not answered by then may
  /// still be at work there: it has no outcome.
  void stop(Seconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
