#pragma once

#include "sosw/embed/job_queue.h"

#include "config/config.h"

namespace sosw {

/// The configuration of a program's queue. Throws InvalidConfig that names the key, or the labourer and what
/// is missing.
Config config_of(const JobQueueConfig&);

/// The number of threads that run its functions.
std::size_t threads_of(const JobQueueConfig&, const Settings&);

}  // namespace sosw
