#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "simulation/ledger/ledger.h"

namespace sosw::simulation {

/// The port calls of an essential for one labourer, in order.
enum class Call {
  claim,
  release,
  report,
  completed,
  expired,
  settle,
  requeue_due,
  next_due,
  count,
  find_open,
  accept,
  append,
  unfinished,
  find_job,
  list_jobs,
  cancel_job,
  claim_notifications,
  notified,
  find,
  list,
  history,
  count_closed,
  labourer_ids,
  controls,
  set_control,
  revive,
  cancel,
  record,
};

std::string_view to_string(Call);

/// Observes one run of an orchestrator or a scavenger from begin to end: was every labourer served whose own
/// calls did not fail (I6), and were refused tasks released (I5)?
class RunWatch {
 public:
  RunWatch(const Settings& settings, Ledger& ledger, World& world)
      : settings_(settings), ledger_(ledger), world_(world) {}

  void begin(Time clock);
  Time began() const { return began_; }

  void called(Call call, const std::string& labourer_id) { ++calls_[{call, labourer_id}]; }
  void failed(Call, const std::string& labourer_id);
  void read_controls(const Caller&);
  void claimed(const std::vector<Task>&);
  void dispatched(const Task& claimed, Dispatch::Kind, Time clock);

  void end_of_orchestrator(const Caller&);
  void end_of_scavenger() const;

 private:
  bool was_called(Call call, const std::string& labourer_id) const {
    return calls_.contains({call, labourer_id});
  }

  const Settings& settings_;
  Ledger& ledger_;
  World& world_;
  Time began_;
  std::map<std::pair<Call, std::string>, int> calls_;
  std::set<std::string> failed_;       ///< labourers
  std::set<std::string> not_allowed_;  ///< labourers that may run nothing
  int errors_ = 0;
  int controls_errors_ = 0;
  std::map<std::string, Time> refused_at_;                   ///< by labourer; in earlier runs too
  std::vector<std::pair<std::string, std::string>> claims_;  ///< task id, token
  std::map<std::string, Dispatch::Kind> dispatches_;         ///< by task id
};

}  // namespace sosw::simulation
