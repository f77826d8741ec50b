#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sosw/ports/function_invoker.h"

namespace sosw {

/// Passes each invocation to the invoker of its labourer. As thread-safe as those are.
class FunctionRouter final : public FunctionInvoker {
 public:
  /// By labourer id. The invokers must outlive this.
  explicit FunctionRouter(std::map<std::string, FunctionInvoker*> invokers)
      : invokers_(std::move(invokers)) {}

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;
  std::int64_t room(const Labourer&) override;

 private:
  std::map<std::string, FunctionInvoker*> invokers_;
};

}  // namespace sosw
