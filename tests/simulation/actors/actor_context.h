#pragma once

#include "simulation/actors/mailbox.h"
#include "simulation/actors/workers.h"
#include "simulation/store/faulty_store.h"

namespace sosw::simulation {

/// Shared by all actors.
struct ActorContext {
  World& world;
  const Plan& plan;
  const Settings& settings;
  Conditions& conditions;
  TrueStore& truth;
  Ledger& ledger;
  Workers& workers;
  Mailbox& requests;                ///< submitted jobs
  Mailbox& reports;                 ///< of workers
  bool operators_are_done = false;  ///< they have restored the configuration, and only read
};

/// Creates all actors.
void add_actors(ActorContext&);

}  // namespace sosw::simulation
