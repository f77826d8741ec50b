#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "sosw/model/labourer.h"
#include "sosw/model/task.h"

namespace sosw {

/// One invocation of a worker, already marked in the store.
struct Invocation {
  const Labourer* labourer;
  Task task;                        ///< as it was claimed, see TaskStore::claim
  std::string event;                ///< what the worker receives, see invocation_event.h
  std::string arn = {};             ///< by which its caller named the function; empty: the labourer's
  std::string client_context = {};  ///< the caller's client context: JSON in ASCII, or empty
};

struct Dispatch {
  enum class Kind {
    accepted,  ///< it runs or will run
    refused,   ///< it surely did not and will not run: the attempt does not count
    failed,    ///< it can't be run at all (no such program): the attempt counts
    unknown,   ///< unknown to the runner: it counts as running until it reports or expires
  };
  Kind kind = Kind::accepted;
  std::string problem;  ///< for people, unless accepted
};

/// Starts workers, asynchronously.
class FunctionInvoker {
 public:
  virtual ~FunctionInvoker() = default;

  /// One dispatch for each invocation, in their order. Does not wait for the workers; never throws for one of
  /// them.
  virtual std::vector<Dispatch> invoke(std::vector<Invocation>) = 0;

  /// How many more invocations of the labourer can be started now; more would be refused, through no fault of
  /// the labourer. The number may rise whenever an invocation of any labourer has ended.
  virtual std::int64_t room(const Labourer&) { return std::numeric_limits<std::int64_t>::max(); }
};

}  // namespace sosw
