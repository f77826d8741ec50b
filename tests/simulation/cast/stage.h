#pragma once

#include "simulation/cast/mailbox.h"
#include "simulation/cast/workers.h"
#include "simulation/store/faulty_store.h"

namespace sosw::simulation {

/// What all actors share.
struct Stage {
  World& world;
  const Plan& plan;
  const Settings& settings;
  Weather& weather;
  TrueStore& truth;
  Ledger& ledger;
  Workers& workers;
  Mailbox& requests;             ///< jobs that people ask for
  Mailbox& reports;              ///< of workers
  bool people_are_done = false;  ///< they have let everything go on as configured, and only look
};

/// Puts everybody on stage.
void hire_cast(Stage&);

}  // namespace sosw::simulation
