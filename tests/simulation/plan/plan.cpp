#include "simulation/plan/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "simulation/machine/chance.h"

namespace sosw::simulation {
namespace {

// Of each kind of fault: absent in half of the runs, so that others show better; else rare or frequent.
double share(Chance& chance, double most) {
  if (chance.happens(0.5)) return 0;
  return chance.happens(0.5) ? most : most * chance.chance() * 0.3;
}

LabourerPlan draw_labourer(Chance& chance) {
  LabourerPlan labourer;
  labourer.limit = static_cast<int>(chance.happens(0.3) ? 1 : chance.between(1, 12));
  labourer.max_attempts = static_cast<int>(chance.between(1, 4));
  labourer.duration = chance.within(2, 25);
  labourer.cooldown = chance.within(0, 10);
  labourer.retry = {chance.happens(0.2) ? RetryPolicy::Kind::linear : RetryPolicy::Kind::exponential,
                    chance.within(0, 8), chance.within(1, 3), chance.within(5, 40),
                    chance.happens(0.5) ? 0 : chance.chance()};
  labourer.watched = chance.happens(0.3);
  labourer.knows_tokens = chance.happens(0.7);
  labourer.has_metric = chance.happens(0.3);
  return labourer;
}

JobPlan draw_job(Chance& chance, const Plan& plan) {
  JobPlan job;
  job.at = chance.within(0, plan.fault_period * 0.6);
  job.labourer = chance.index(plan.labourers.size());
  job.tasks = static_cast<int>(chance.happens(0.3) ? chance.between(1, 3) : chance.between(1, 25));
  if (chance.happens(0.3)) job.priority = chance.happens(0.5) ? Priority::high : Priority::low;
  if (chance.happens(0.2)) job.delay = chance.within(0, plan.fault_period * 0.5);
  job.keyed = chance.happens(0.4);
  job.submissions = static_cast<int>(job.keyed && chance.happens(0.5) ? chance.between(2, 3) : 1);
  const std::int64_t kind = chance.between(0, 3);
  if (kind == 0) job.on_complete = JobPlan::OnComplete::webhook;
  if (kind == 1) job.on_complete = JobPlan::OnComplete::labourer;
  return job;
}

void draw_faults(Chance& chance, Plan& plan) {
  Faults& faults = plan.faults;
  faults.crash = share(chance, 0.02);
  faults.host_crashes = static_cast<int>(chance.happens(0.3) ? chance.between(1, 3) : 0);
  faults.error_before = share(chance, 0.1);
  faults.error_after = share(chance, 0.1);
  faults.half_done = share(chance, 0.3);
  faults.throttles = static_cast<int>(chance.happens(0.3) ? chance.between(1, 3) : 0);
  faults.sicknesses = static_cast<int>(chance.happens(0.3) ? chance.between(1, 3) : 0);
  faults.stall = share(chance, 0.006);
  faults.lost_events = share(chance, 0.1);
  faults.lag = chance.happens(0.5) ? 0 : chance.within(0, 6);
  faults.latency = chance.happens(0.2) ? 0 : chance.within(0, 1);
  plan.dispatches = {share(chance, 0.2), share(chance, 0.1), share(chance, 0.2)};
  plan.worker_outcomes = {.quick = 1,
                          .slow = share(chance, 1),
                          .fails = share(chance, 0.7),
                          .silent = share(chance, 0.3),
                          .lost = share(chance, 0.3),
                          .late = share(chance, 0.3),
                          .twice = share(chance, 0.3),
                          .poison = share(chance, 0.2)};
  plan.report_channel = {share(chance, 0.2), share(chance, 0.5), share(chance, 0.1), chance.within(0, 5)};
}

/// More than one batch of the essentials.
void make_large(Chance& chance, Plan& plan) {
  plan.jobs.resize(1);
  plan.jobs.front().tasks = static_cast<int>(chance.between(1001, 2500));
  plan.jobs.front().delay.reset();
  plan.jobs.front().at = 0;
  LabourerPlan& labourer = plan.labourers[plan.jobs.front().labourer];
  labourer.limit = static_cast<int>(chance.between(200, 3000));
  plan.faults.latency = std::min(plan.faults.latency, 0.02);  // or thousands of reports take hours
}

void make_single_engine(Plan& plan) {
  plan.single_engine = true;
  plan.skews.resize(1);
  plan.schedulers = plan.orchestrators = plan.scavengers = plan.notifiers = 0;
  plan.worker_outcomes.twice = plan.worker_outcomes.late =
      0;  // a process runs once, and is killed when its time is over
  plan.dispatches.unknown = 0;
  // An engine that is suspended between looking at its clock and its claim for longer than the attempt
  // timeout would give up at once what it has just started.
  plan.faults.stall = 0;
  for (LabourerPlan& labourer : plan.labourers) labourer.watched = true;
}

}  // namespace

std::int64_t Plan::tasks() const {
  std::int64_t sum = 0;
  for (const JobPlan& job : jobs) sum += job.tasks;
  return sum;
}

Plan plan_from(std::uint64_t seed, Plan::Store store) {
  Chance chance(seed * 0x9e3779b97f4a7c15 + 0x5851f42d4c957f2d);
  Plan plan;
  plan.seed = seed;
  plan.store = store;
  plan.skews.clear();
  const double widest = chance.happens(0.3) ? 0 : 2.5;  // so that two clocks differ by at most 5 s
  for (std::int64_t hosts = chance.between(1, 3); hosts > 0; --hosts)
    plan.skews.push_back(chance.within(-widest, widest));
  plan.schedulers = static_cast<int>(chance.between(1, 2));
  plan.orchestrators = static_cast<int>(chance.between(1, 3));
  plan.scavengers = static_cast<int>(chance.between(1, 2));
  plan.assistants = static_cast<int>(chance.between(1, 2));
  plan.notifiers = static_cast<int>(chance.between(1, 2));
  plan.period = chance.within(0.5, 8);
  plan.recovery = chance.within(0, 15);
  plan.fault_period = chance.within(20, 150);
  for (std::int64_t n = chance.between(1, 3); n > 0; --n) plan.labourers.push_back(draw_labourer(chance));
  for (std::int64_t n = chance.between(1, 4); n > 0; --n) plan.jobs.push_back(draw_job(chance, plan));
  draw_faults(chance, plan);
  if (chance.happens(0.5))
    plan.operators = {chance.happens(0.5), chance.happens(0.5), chance.happens(0.5),
                      chance.happens(0.2), chance.happens(0.5), chance.within(2, 15)};
  if (chance.happens(0.01)) make_large(chance, plan);
  if (chance.happens(store == Plan::Store::sqlite ? 0.4 : 0.15)) make_single_engine(plan);
  return plan;
}

Plan busy_day(std::uint64_t seed, std::int64_t tasks, Plan::Store store) {
  constexpr Seconds day = 24 * 3600;
  Plan plan;
  plan.seed = seed;
  plan.store = store;
  plan.busy_day = true;
  plan.skews = {0, 1.5, -2};
  plan.schedulers = plan.orchestrators = plan.scavengers = plan.notifiers = 2;
  plan.assistants = 6;
  plan.period = 30;
  plan.recovery = 60;
  plan.fault_period = day;
  constexpr std::size_t labourers = 10;
  constexpr std::int64_t jobs = 200;
  for (std::size_t i = 0; i < labourers; ++i)
    plan.labourers.push_back({.limit = 200 + static_cast<int>(i) * 50, .duration = 60, .cooldown = 30});
  for (std::int64_t i = 0; i < jobs; ++i)
    plan.jobs.push_back({.at = day * 0.9 * static_cast<double>(i) / jobs,
                         .labourer = static_cast<std::size_t>(i) % labourers,
                         .tasks = static_cast<int>((tasks + i) / jobs),
                         .on_complete = JobPlan::OnComplete::webhook});
  plan.faults = {.crash = 0.0001,
                 .host_crashes = 5,
                 .error_before = 0.002,
                 .error_after = 0.002,
                 .half_done = 0.01,
                 .throttles = 10,
                 .sicknesses = 5,
                 .stall = 0.0001,
                 .lost_events = 0.01,
                 .lag = 2,
                 .latency = 0.05};
  plan.worker_outcomes = {.quick = 1,
                          .slow = 0.2,
                          .fails = 0.02,
                          .silent = 0.002,
                          .lost = 0.002,
                          .late = 0.001,
                          .twice = 0.002,
                          .poison = 0.001};
  plan.dispatches = {.refused = 0.0005, .failed = 0.0005, .unknown = 0.002};
  plan.report_channel = {.lost = 0.002, .repeated = 0.01, .garbage = 0.001, .delay = 1};
  plan.operators = {.pause = true, .limit = true, .revive = true, .period = 600};
  return plan;
}

std::string labourer_name(std::size_t index) { return fmt::format("L{}", index); }

Settings settings_of(const Plan& plan) {
  Settings settings;
  for (std::size_t i = 0; i < plan.labourers.size(); ++i) {
    const LabourerPlan& drawn = plan.labourers[i];
    Labourer labourer;
    labourer.id = labourer_name(i);
    labourer.max_simultaneous_invocations = drawn.limit;
    labourer.max_attempts = drawn.max_attempts;
    labourer.duration = drawn.duration;
    labourer.cooldown = drawn.cooldown;
    labourer.retry = drawn.retry;
    // The value of the metric is the health itself.
    if (drawn.has_metric)
      labourer.health_metrics.push_back(
          {"feeling", labourer.id,
           Feelings({{Health::poor, 1}, {Health::moderate, 2}, {Health::good, 3}, {Health::high, 4}},
                    Feelings::Comparison::ge),
           std::nullopt});
    settings.labourers.emplace(labourer.id, labourer);
  }
  settings.job_schema_variants.emplace("default", JobSchema({"item"}));
  return settings;
}

}  // namespace sosw::simulation
