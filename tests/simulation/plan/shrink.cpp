#include "simulation/plan/shrink.h"

#include <algorithm>
#include <functional>

namespace sosw::simulation {
namespace {

constexpr std::int64_t kStepsAtMost = 3'000'000;  // of all runs that are tried: some seconds
constexpr std::uint64_t kSeedsPerPlan = 3;        // one order of events may hide what another shows

/// Makes a plan smaller; false when there is nothing to make smaller.
using Edit = std::function<bool(Plan&)>;

template <typename Value>
bool set(Value& value, Value to) {
  if (value == to) return false;
  value = to;
  return true;
}

template <typename Value>
bool lower(Value& value, Value least) {
  return value > least && set(value, std::max<Value>(least, static_cast<Value>(value / 2)));
}

bool drop_labourer(Plan& plan, std::size_t index) {
  const bool needed =
      std::ranges::any_of(plan.jobs, [&](const JobPlan& job) { return job.labourer == index; });
  if (needed || index + 1 != plan.labourers.size() || index == 0) return false;
  plan.labourers.pop_back();
  return true;
}

bool drop_job(Plan& plan, std::size_t index) {
  if (index >= plan.jobs.size() || plan.jobs.size() == 1) return false;
  plan.jobs.erase(plan.jobs.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

void add_edits_of_jobs(const Plan& plan, std::vector<Edit>& edits) {
  for (std::size_t i = plan.jobs.size(); i-- > 0;) {
    const auto edit = [&](auto change) {
      edits.push_back([i, change](Plan& p) { return i < p.jobs.size() && change(p.jobs[i]); });
    };
    edits.push_back([i](Plan& p) { return drop_job(p, i); });
    edit([](JobPlan& job) { return lower(job.tasks, 1); });
    edit([](JobPlan& job) { return job.tasks > 1 && job.tasks-- > 0; });
    edit([](JobPlan& job) { return set(job.on_complete, JobPlan::OnComplete::nothing); });
    edit([](JobPlan& job) { return set(job.submissions, 1); });
    edit([](JobPlan& job) { return set(job.keyed, false); });
    edit([](JobPlan& job) { return set(job.delay, std::optional<Seconds>()); });
    edit([](JobPlan& job) { return set(job.priority, Priority::normal); });
    edit([](JobPlan& job) { return set(job.at, 0.0); });
  }
}

void add_edits_of_labourers(const Plan& plan, std::vector<Edit>& edits) {
  for (std::size_t i = plan.labourers.size(); i-- > 0;) {
    const auto edit = [&](auto change) {
      edits.push_back([i, change](Plan& p) { return i < p.labourers.size() && change(p.labourers[i]); });
    };
    edits.push_back([i](Plan& p) { return drop_labourer(p, i); });
    edit([](LabourerPlan& labourer) { return set(labourer.has_metric, false); });
    edit([](LabourerPlan& labourer) { return lower(labourer.limit, 1); });
    edit([](LabourerPlan& labourer) { return lower(labourer.max_attempts, 1); });
  }
}

void add_edits_of_actors(std::vector<Edit>& edits) {
  for (int Plan::*count :
       {&Plan::schedulers, &Plan::orchestrators, &Plan::scavengers, &Plan::assistants, &Plan::notifiers})
    edits.push_back(
        [count](Plan& p) { return lower(p.*count, p.single_engine && count != &Plan::assistants ? 0 : 1); });
  edits.push_back([](Plan& p) {
    if (p.skews.size() == 1) return false;
    p.skews.pop_back();
    return true;
  });
  edits.push_back([](Plan& p) { return set(p.skews, std::vector<Seconds>(p.skews.size(), 0)); });
}

void add_edits_of_faults(std::vector<Edit>& edits) {
  for (double Faults::*fault :
       {&Faults::crash, &Faults::error_before, &Faults::error_after, &Faults::half_done, &Faults::stall,
        &Faults::lost_events, &Faults::lag, &Faults::latency})
    edits.push_back([fault](Plan& p) { return set(p.faults.*fault, 0.0); });
  for (int Faults::*spells : {&Faults::host_crashes, &Faults::throttles, &Faults::sicknesses})
    edits.push_back([spells](Plan& p) { return set(p.faults.*spells, 0); });
  for (double WorkerOutcomes::*weight :
       {&WorkerOutcomes::slow, &WorkerOutcomes::fails, &WorkerOutcomes::silent, &WorkerOutcomes::lost,
        &WorkerOutcomes::late, &WorkerOutcomes::twice, &WorkerOutcomes::poison})
    edits.push_back([weight](Plan& p) { return set(p.worker_outcomes.*weight, 0.0); });
  for (double Dispatches::*kind : {&Dispatches::refused, &Dispatches::failed, &Dispatches::unknown})
    edits.push_back([kind](Plan& p) { return set(p.dispatches.*kind, 0.0); });
  for (double ReportChannel::*fault :
       {&ReportChannel::lost, &ReportChannel::repeated, &ReportChannel::garbage, &ReportChannel::delay})
    edits.push_back([fault](Plan& p) { return set(p.report_channel.*fault, 0.0); });
  for (bool OperatorPlan::*act : {&OperatorPlan::pause, &OperatorPlan::limit, &OperatorPlan::cancel,
                                  &OperatorPlan::cancel_jobs, &OperatorPlan::revive})
    edits.push_back([act](Plan& p) { return set(p.operators.*act, false); });
  edits.push_back([](Plan& p) { return lower(p.fault_period, 5.0); });
}

/// What takes away most comes first.
std::vector<Edit> edits_for(const Plan& plan) {
  std::vector<Edit> edits;
  add_edits_of_faults(edits);
  add_edits_of_jobs(plan, edits);
  add_edits_of_actors(edits);
  add_edits_of_labourers(plan, edits);
  return edits;
}

class Shrinking {
 public:
  Shrinking(const Plan& failing, Promise promise, const StoreFactory& factory)
      : best_(failing), promise_(promise), factory_(factory) {}

  Shrunk run() {
    for (bool smaller = true; smaller;) {
      smaller = false;
      for (const Edit& edit : edits_for(best_))
        while (steps_ < kStepsAtMost && attempt(edit)) smaller = true;
    }
    return {best_, simulate(best_, true, factory_), runs_};
  }

 private:
  bool attempt(const Edit& edit) {
    Plan plan = best_;
    if (!edit(plan)) return false;
    for (std::uint64_t i = 0; i < kSeedsPerPlan; ++i) {
      plan.seed = best_.seed + i;
      ++runs_;
      const Result result = simulate(plan, false, factory_);
      steps_ += result.steps + 1;
      if (!result.broken || result.broken->promise != promise_) continue;
      best_ = plan;
      return true;
    }
    return false;
  }

  Plan best_;
  Promise promise_;
  const StoreFactory& factory_;
  std::int64_t steps_ = 0;
  int runs_ = 0;
};

}  // namespace

Shrunk shrink(const Plan& failing, Promise broken, const StoreFactory& factory) {
  return Shrinking(failing, broken, factory).run();
}

}  // namespace sosw::simulation
