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

/// The functions of one machine: its labourers, called directly, beside their queues, and its essentials.
///
/// Calls of a labourer share its places with its tasks: both together are never more than its
/// max_simultaneous_invocations, or the limit that was set in its place. A place that becomes free is a
/// call's, if one waits; up to a thousand wait, further ones are refused. These calls are no tasks: they are
/// not written anywhere, and neither health nor a pause holds them back. Everything here outlives the server
/// that uses it.
class LocalFunctions final : public NamedFunctions {
 public:
  /// Returns JSON or throws.
  using Essential = std::function<std::string(const FunctionCall&)>;

  struct Parts {
    const std::map<std::string, Labourer>& labourers;
    std::string region;                           ///< of the ARNs
    FunctionInvoker& functions;                   ///< safe to use from any thread
    Outcomes& outcomes;                           ///< where `functions` puts what ended
    std::map<std::string, Essential> essentials;  ///< by name; a labourer of the same name is not seen
    std::function<void(std::function<void()>)> on_engine;      ///< has it called by the engine's thread, soon
    std::function<void(const std::string& labourer_id)> wake;  ///< has take_slots() called, soon
    std::function<std::int64_t(const std::string&)> tasks_in_flight;  ///< of a labourer; engine's thread
  };
  explicit LocalFunctions(Parts);
  ~LocalFunctions() override;

  const std::vector<FunctionDescription>& descriptions() const override;
  void call(FunctionCall, std::function<void(CallResult)> done) override;
  bool withdraw(const std::string& name, const std::string& request_id) override;

  /// Starts waiting calls of a labourer where some of its places are free; refuses them when it has none at
  /// all. Returns how many its tasks have to leave to calls, running and waiting. The engine's thread.
  std::int64_t take_slots(const Labourer&, std::int64_t slots);

  /// The engine has stopped: calls of labourers that wait, and those that come, are refused.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw
