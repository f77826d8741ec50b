#include <fmt/format.h>

#include "simulation/plan/plan.h"

namespace sosw::simulation {
namespace {

std::string describe(const LabourerPlan& labourer, std::size_t index) {
  return fmt::format("  {}: limit {}, {} attempts, {:.1f} + {:.1f} s, {}{}{}\n", labourer_name(index),
                     labourer.limit, labourer.max_attempts, labourer.duration, labourer.cooldown,
                     labourer.watched ? "watched" : "reports",
                     labourer.watched || labourer.knows_tokens ? "" : " without token",
                     labourer.has_metric ? ", has a health metric" : "");
}

std::string describe(const JobPlan& job) {
  return fmt::format("  job for {} at {:.1f}: {} tasks, {}{}{}{}{}\n", labourer_name(job.labourer), job.at,
                     job.tasks, to_string(job.priority),
                     job.delay ? fmt::format(", waits {:.1f} s", *job.delay) : "",
                     job.keyed ? ", has a key" : "",
                     job.submissions > 1 ? fmt::format(", asked for {} times", job.submissions) : "",
                     job.on_complete == JobPlan::OnComplete::nothing   ? ""
                     : job.on_complete == JobPlan::OnComplete::webhook ? ", calls a webhook"
                                                                       : ", starts another job");
}

/// "a 0.1, b 3" of those that are not zero.
std::string listed(std::initializer_list<std::pair<const char*, double>> numbers) {
  std::string text;
  for (const auto& [name, number] : numbers)
    if (number != 0) text += fmt::format("{}{} {:.3g}", text.empty() ? "" : ", ", name, number);
  return text.empty() ? "none" : text;
}

}  // namespace

std::string describe(const Plan& plan) {
  std::string text = fmt::format("  {} store, {} hosts (clocks {:.1f}), ",
                                 plan.store == Plan::Store::model ? "model" : "sqlite", plan.skews.size(),
                                 fmt::join(plan.skews, ", "));
  text += plan.single_engine
              ? "one engine"
              : fmt::format("{} schedulers, {} orchestrators, {} scavengers, {} announcers", plan.schedulers,
                            plan.orchestrators, plan.scavengers, plan.notifiers);
  text += fmt::format(", {} assistants; storm {:.0f} s, period {:.1f} s\n", plan.assistants,
                      plan.fault_period, plan.period);
  for (std::size_t i = 0; i < plan.labourers.size(); ++i) text += describe(plan.labourers[i], i);
  for (const JobPlan& job : plan.jobs) text += describe(job);
  const Faults& f = plan.faults;
  text += "  faults: " + listed({{"crash", f.crash},
                                 {"host crashes", f.host_crashes},
                                 {"error before", f.error_before},
                                 {"error after", f.error_after},
                                 {"half done", f.half_done},
                                 {"throttles", f.throttles},
                                 {"sicknesses", f.sicknesses},
                                 {"stall", f.stall},
                                 {"lost events", f.lost_events},
                                 {"lag", f.lag},
                                 {"latency", f.latency}});
  const WorkerOutcomes& w = plan.worker_outcomes;
  text += "\n  workers: " + listed({{"quick", w.quick},
                                    {"slow", w.slow},
                                    {"fails", w.fails},
                                    {"silent", w.silent},
                                    {"lost", w.lost},
                                    {"late", w.late},
                                    {"twice", w.twice},
                                    {"poison", w.poison}});
  text += "; dispatch: " + listed({{"refused", plan.dispatches.refused},
                                   {"failed", plan.dispatches.failed},
                                   {"unknown", plan.dispatches.unknown}});
  text += "; reports: " + listed({{"lost", plan.report_channel.lost},
                                  {"repeated", plan.report_channel.repeated},
                                  {"garbage", plan.report_channel.garbage},
                                  {"delay", plan.report_channel.delay}});
  text += "\n  people: " +
          listed({{"pause", plan.operators.pause},
                  {"limit", plan.operators.limit},
                  {"cancel", plan.operators.cancel},
                  {"cancel jobs", plan.operators.cancel_jobs},
                  {"revive", plan.operators.revive}}) +
          "\n";
  return text;
}

}  // namespace sosw::simulation
