#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/ports/function_invoker.h"

#include "runners/outcomes.h"

namespace sosw {

/// Labourers that are C++ callables of this program, run by a few threads.
class CallableFunctions final : public FunctionInvoker {
 public:
  /// Takes the invocation event; returns JSON as result,
  /// or nothing. An exception fails the task. A callable can't be cut short: a labourer's duration does not
  /// bind it.
  using Callable = std::function<std::string(std::string_view event)>;

  CallableFunctions(Outcomes&, int threads);
  ~CallableFunctions() override;  ///< what runs is waited for; what waits does not run and has no outcome

  /// Not while invoke() may run.
  void add(const std::string& labourer_id, Callable);

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
