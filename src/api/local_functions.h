#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sosw/model/labourer.h"
#include "sosw/ports/function_invoker.h"

#include "api/named_functions.h"
#include "runners/outcomes.h"

namespace sosw {

/// The functions of one machine: its labourers, called directly, bypassing their queues, and its essentials.
///
/// Calls of a labourer share its slots with its tasks: together they never exceed its
/// max_simultaneous_invocations, or the limit set instead. A free slot goes to a waiting call first; up to a
/// thousand wait, further ones are refused. These calls are not tasks: they are not stored, and neither
/// health nor a pause delays them. Everything here outlives the server that uses it.
class LocalFunctions final : public NamedFunctions {
 public:
  /// Returns JSON or throws.
  using Essential = std::function<std::string(const FunctionCall&)>;

  struct Parts {
    const std::map<std::string, Labourer>& labourers;
    std::string region;                                        ///< of the ARNs
    FunctionInvoker& functions;                                ///< safe to use from any thread
    Outcomes& outcomes;                                        ///< receives the outcomes of `functions`
    std::map<std::string, Essential> essentials;               ///< by name; hides a labourer of the same name
    std::function<void(std::function<void()>)> on_engine;      ///< runs it soon on the engine's thread
    std::function<void(const std::string& labourer_id)> wake;  ///< runs take_slots() soon
    std::function<std::int64_t(const std::string&)> tasks_in_flight;  ///< of a labourer; engine's thread
  };
  explicit LocalFunctions(Parts);
  ~LocalFunctions() override;

  const std::vector<FunctionDescription>& descriptions() const override;
  void call(FunctionCall, std::function<void(CallResult)> done) override;
  bool withdraw(const std::string& name, const std::string& request_id) override;

  /// Starts waiting calls of a labourer in its free slots; refuses them when it has no slots at all. Returns
  /// how many slots calls need, running and waiting. The engine's thread.
  std::int64_t take_slots(const Labourer&, std::int64_t slots);

  /// The engine has stopped: waiting and new calls of labourers are refused.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
