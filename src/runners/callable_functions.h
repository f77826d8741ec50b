#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sosw/ports/function_invoker.h"
#include "sosw/ports/task_function.h"

#include "runners/outcomes.h"

namespace sosw {

/// Labourers that are functions of this program, run by a few threads.
class CallableFunctions final : public FunctionInvoker {
 public:
  CallableFunctions(Outcomes&, std::size_t threads);
  ~CallableFunctions() override;  ///< waits for running ones; waiting ones never run and have no outcome

  /// Not while invoke() may run.
  void add(const std::string& labourer_id, TaskFunction);

  /// An invocation that waits for a thread until its deadline is refused in its outcome; so is every one
  /// after stop().
  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

  /// Starts nothing more and returns when all have returned. Waiting ones are refused in their outcome;
  /// running ones are asked to stop after `grace`, and have `interrupted` when they fail then.
  void stop(Seconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
