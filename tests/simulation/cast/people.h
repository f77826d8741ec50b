#pragma once

#include "simulation/cast/stage.h"

namespace sosw::simulation {

/// Pauses, limits, cancels, retries and looks, as the plan allows. When the world has healed it lets
/// everything go on as configured, and only looks.
void act_as_people(Stage&, Actor&);

/// The jobs of the plan are asked for, and garbage is reported, each at its time.
void plan_requests(Stage&);

}  // namespace sosw::simulation
