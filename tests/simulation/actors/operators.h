#pragma once

#include "simulation/actors/actor_context.h"

namespace sosw::simulation {

/// Pauses, limits, cancels, retries and looks, as the plan allows. When the world has healed it lets
/// everything go on as configured, and only looks.
void act_as_operators(ActorContext&, Actor&);

/// The jobs of the plan are asked for, and garbage is reported, each at its time.
void plan_requests(ActorContext&);

}  // namespace sosw::simulation
