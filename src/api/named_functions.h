#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sosw/model/time.h"

namespace sosw {

/// A function as AWS Lambda describes it.
struct FunctionDescription {
  std::string name;
  std::string arn;
  std::string description;
  Seconds timeout = 0;
  int concurrency = 0;  ///< how many calls may run at once; 0: nothing is reserved
  bool quick = false;   ///< so short that even a call that needs no result may wait for it
};

/// One call of a function.
struct FunctionCall {
  std::string name;
  std::string request_id;           ///< a UUID of this call alone
  std::string event;                ///< JSON
  std::string repeat_id = {};       ///< the same for each repeat of the call by its client; may be empty
  std::string arn = {};             ///< as the caller named it, with alias or version; empty: its own
  std::string client_context = {};  ///< the caller's client context: JSON in ASCII, or empty
};

/// How a call ended.
struct CallResult {
  enum class Kind {
    succeeded,  ///< `json` is the result, or empty
    failed,     ///< `json` is {"errorType", "errorMessage", ...}
    refused,    ///< it did not run, because of `reason`
  };
  Kind kind = Kind::succeeded;
  std::string json;
  std::string log;  ///< the last lines that it wrote, at most 4 KiB
  Seconds took = 0;
  std::string reason;  ///< of a refusal, for people
};

/// Functions that can be called by name. Safe to use from any thread.
class NamedFunctions {
 public:
  virtual ~NamedFunctions() = default;

  /// All of them, by name; always the same.
  virtual const std::vector<FunctionDescription>& descriptions() const = 0;

  /// Returns at once; `done` is called once, on any thread, possibly before this returns.
  virtual void call(FunctionCall, std::function<void(CallResult)> done) = 0;

  /// Withdraws a call that waits for a slot: it never begins, and `done` is not called any more. False when
  /// there is no such call.
  virtual bool withdraw(const std::string& name, const std::string& request_id) = 0;
};

}  // namespace sosw
