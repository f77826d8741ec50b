#include "runners/function_router.h"

#include <fmt/format.h>

namespace sosw {

std::vector<Dispatch> FunctionRouter::invoke(std::vector<Invocation> invocations) {
  std::vector<Dispatch> dispatches(invocations.size());
  std::map<FunctionInvoker*, std::vector<std::size_t>> indexes;  // of the invocations, by invoker
  for (std::size_t i = 0; i < invocations.size(); ++i) {
    const std::string& id = invocations[i].labourer->id;
    if (const auto invoker = invokers_.find(id); invoker != invokers_.end())
      indexes[invoker->second].push_back(i);
    else
      dispatches[i] = {Dispatch::Kind::failed, fmt::format("nobody knows how to run {}", id)};
  }
  for (const auto& [invoker, its] : indexes) {
    std::vector<Invocation> share;
    share.reserve(its.size());
    for (const std::size_t i : its) share.push_back(std::move(invocations[i]));
    std::vector<Dispatch> answers = invoker->invoke(std::move(share));
    for (std::size_t k = 0; k < its.size(); ++k) dispatches[its[k]] = std::move(answers[k]);
  }
  return dispatches;
}

std::int64_t FunctionRouter::room(const Labourer& labourer) {
  const auto invoker = invokers_.find(labourer.id);
  return invoker == invokers_.end() ? FunctionInvoker::room(labourer) : invoker->second->room(labourer);
}

}  // namespace sosw
