#pragma once

#include "sosw/embed/job_queue.h"

#include "config/config.h"

namespace sosw {

/// The installation that a program asks for. Throws InvalidConfig that names the key, or the labourer and
/// what is missing.
Config config_of(const JobQueueConfig&);

/// How many threads are to run its functions.
std::size_t threads_of(const JobQueueConfig&, const Settings&);

}  // namespace sosw
