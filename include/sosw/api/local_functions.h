#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/api/named_functions.h"
#include "sosw/functions/outcomes.h"
#include "sosw/model/labourer.h"
#include "sosw/ports/function_invoker.h"

namespace sosw {

/// The functions of one machine: its labourers, called directly, beside their queues, and its essentials.
///
/// Of a labourer no more calls run at once than its max_simultaneous_invocations, not counting its tasks; up
/// to a thousand more wait, further ones are refused. These calls are no tasks: they are not written
/// anywhere. Everything here outlives the server that uses it.
class LocalFunctions final : public NamedFunctions {
 public:
  /// Takes an event; returns JSON or throws.
  using Essential = std::function<std::string(std::string_view event)>;

  struct Parts {
    const std::map<std::string, Labourer>& labourers;
    FunctionInvoker& functions;                   ///< safe to use from any thread
    Outcomes& outcomes;                           ///< where `functions` puts what ended
    std::map<std::string, Essential> essentials;  ///< by name; a labourer of the same name is not seen
    std::function<void(std::function<void()>)> on_engine;  ///< has it called by the engine's thread, soon
  };
  explicit LocalFunctions(Parts);
  ~LocalFunctions() override;

  const std::vector<FunctionDescription>& descriptions() const override;
  void call(const std::string& name, const std::string& request_id, std::string event,
            std::function<void(CallResult)> done) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
