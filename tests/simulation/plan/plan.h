#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sosw/model/greenfield.h"

#include "essentials/settings.h"

namespace sosw::simulation {

struct LabourerPlan {
  int limit = 1;
  int max_attempts = 3;
  Seconds duration = 10;
  Seconds cooldown = 5;
  RetryPolicy retry;
  bool watched = false;      ///< its host sees its workers end; else they report
  bool knows_tokens = true;  ///< its workers' reports are fenced
  bool has_metric = false;
};

struct JobPlan {
  enum class OnComplete { nothing, webhook, labourer };
  Seconds at = 0;
  std::size_t labourer = 0;
  int tasks = 1;
  Priority priority = Priority::normal;
  std::optional<Seconds> delay;
  bool keyed = false;   ///< has an idempotency key
  int submissions = 1;  ///< how often it is submitted
  OnComplete on_complete = OnComplete::nothing;
};

/// Probabilities are per call of a port unless stated otherwise.
struct Faults {
  double crash = 0;
  int host_crashes = 0;  ///< in the whole fault period
  double error_before = 0;
  double error_after = 0;
  double half_done = 0;  ///< of calls with more than one item
  int throttles = 0;     ///< periods in which most calls are refused
  int sicknesses = 0;    ///< periods in which every call about one labourer fails
  double stall = 0;
  double lost_events = 0;
  Seconds lag = 0;      ///< of index reads, at most
  Seconds latency = 0;  ///< of a call, at most
};

/// The fate of a worker, by weight.
struct WorkerOutcomes {
  double quick = 1;
  double slow = 0;
  double fails = 0;
  double silent = 0;  ///< dies without a report
  double lost = 0;    ///< accepted, never starts
  double late = 0;    ///< ends after it was given up
  double twice = 0;   ///< delivered twice
  double poison = 0;  ///< not a weight: the share of tasks that never succeed
};

struct Dispatches {
  double refused = 0;
  double failed = 0;
  double unknown = 0;
};

/// Between the workers and their assistants.
struct ReportChannel {
  double lost = 0;
  double repeated = 0;
  double garbage = 0;
  Seconds delay = 0;  ///< at most
};

struct OperatorPlan {
  bool pause = false;
  bool limit = false;
  bool cancel = false;
  bool cancel_jobs = false;
  bool revive = false;
  Seconds period = 10;
};

/// Everything that makes one run differ in kind from another. Small numbers are as good as large ones to find
/// a broken promise, and easier to read.
struct Plan {
  enum class Store { model, sqlite };
  std::uint64_t seed = 0;  ///< of everything that happens in the run
  Store store = Store::model;
  std::vector<Seconds> skews = {0};  ///< of the clocks, one per host
  bool single_engine = false;        ///< one engine on one machine, which takes over what an earlier one left
  int schedulers = 1;
  int orchestrators = 1;
  int scavengers = 1;
  int assistants = 1;
  int notifiers = 1;
  Seconds period = 5;    ///< of the essentials, at most
  Seconds recovery = 5;  ///< of a crashed actor, at most
  std::vector<LabourerPlan> labourers;
  std::vector<JobPlan> jobs;
  Seconds fault_period = 60;  ///< then the faults end
  Faults faults;
  WorkerOutcomes worker_outcomes;
  Dispatches dispatches;
  ReportChannel report_channel;
  OperatorPlan operators;
  bool busy_day = false;  ///< too large to store every event and to be checked often

  std::int64_t tasks() const;
};

/// The plan of a seed.
Plan plan_from(std::uint64_t seed, Plan::Store);

/// 10 labourers and `tasks` tasks over 24 hours, with a few of every fault.
Plan busy_day(std::uint64_t seed, std::int64_t tasks, Plan::Store);

std::string describe(const Plan&);

/// "L0", "L1", ...
std::string labourer_name(std::size_t index);

Settings settings_of(const Plan&);

}  // namespace sosw::simulation
