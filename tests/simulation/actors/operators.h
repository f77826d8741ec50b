#pragma once

#include "simulation/actors/actor_context.h"

namespace sosw::simulation {

/// Pauses, limits, cancels, retries and reads, as planned. When the faults are over it restores the
/// configuration, and only reads.
void act_as_operators(ActorContext&, Actor&);

/// Submits the jobs of the plan, and reports garbage, each at its time.
void plan_requests(ActorContext&);

}  // namespace sosw::simulation
