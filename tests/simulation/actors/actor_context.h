#pragma once

#include "simulation/actors/mailbox.h"
#include "simulation/actors/workers.h"
#include "simulation/store/faulty_store.h"

namespace sosw::simulation {

/// What all actors share.
struct ActorContext {
  World& world;
  const Plan& plan;
  const Settings& settings;
  Conditions& conditions;
  TrueStore& truth;
  Ledger& ledger;
  Workers& workers;
  Mailbox& requests;                ///< jobs that people ask for
  Mailbox& reports;                 ///< of workers
  bool operators_are_done = false;  ///< they have let everything go on as configured, and only look
};

/// Puts everybody on stage.
void add_actors(ActorContext&);

}  // namespace sosw::simulation
