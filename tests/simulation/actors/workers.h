#pragma once

#include <map>
#include <string>
#include <vector>

#include "sosw/model/outcome.h"
#include "sosw/ports/function_invoker.h"

#include "simulation/actors/mailbox.h"
#include "simulation/ledger/run_watch.h"
#include "simulation/store/conditions.h"

namespace sosw::simulation {

/// All workers. Those of a watched labourer run on the host that started them, die with it, and leave an
/// Outcome there; the others send a report.
class Workers {
 public:
  Workers(World&, const Plan&, Conditions&, Ledger&, Mailbox& reports);

  /// The result of one invocation.
  Dispatch start(const Invocation&, int host);

  /// Outcomes that arrived on a host. The receiver confirms when they are settled.
  std::vector<Outcome> take_outcomes(int host);
  void outcomes_settled(int host) { taken_[static_cast<std::size_t>(host)].clear(); }

  /// The process that started workers on the host died, and they with it.
  void kill(int host);

  bool idle() const { return working_.empty(); }

 private:
  enum class WorkerOutcome { quick, slow, fails, silent, lost, late, twice };
  struct Worker {
    Task task;
    bool watched;
    bool knows_tokens;
    int host;
  };

  const LabourerPlan& plan_of(const std::string& labourer_id) const;
  WorkerOutcome draw_outcome(const Task&);
  int set_to_work(const Invocation&, int host);
  void work(const Worker&, Seconds begins_in, Seconds takes, bool succeeds, bool speaks);
  void end(std::int64_t number, bool succeeds, bool speaks);
  void report(const Worker&, bool succeeded);
  std::string text_of_report(const Worker&, bool succeeded);

  World& world_;
  const Plan& plan_;
  Conditions& conditions_;
  Ledger& ledger_;
  Mailbox& reports_;
  std::vector<std::vector<Outcome>> outcomes_;  ///< by host
  std::vector<std::vector<Outcome>> taken_;     ///< by host; not settled yet
  std::map<std::int64_t, Worker> working_;
  std::int64_t numbers_ = 0;
};

/// The functions as one orchestrator sees them.
class SimulatedFunctions final : public FunctionInvoker {
 public:
  SimulatedFunctions(Actor& actor, Workers& workers, Conditions& conditions, Ledger& ledger, RunWatch& watch)
      : actor_(actor), workers_(workers), conditions_(conditions), ledger_(ledger), watch_(watch) {}

  std::vector<Dispatch> invoke(std::vector<Invocation>) override;

 private:
  void wait();
  [[noreturn]] void crash();

  Actor& actor_;
  Workers& workers_;
  Conditions& conditions_;
  Ledger& ledger_;
  RunWatch& watch_;
};

}  // namespace sosw::simulation
