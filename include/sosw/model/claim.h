#pragma once

#include <cstdint>
#include <string>

#include "sosw/model/task_record.h"
#include "sosw/model/time.h"

namespace sosw {

/// Which queued tasks to take, and the rules that hold while they are taken (SPEC 6).
struct Claim {
  std::string labourer_id;
  std::int64_t at_most = 0;
  std::int64_t limit = 0;  ///< of the labourer's running tasks; this claim never exceeds it (promise I4)
  Time now;
  Seconds attempt_timeout = 0;  ///< of the labourer: separates its running tasks from expired ones
  std::string token;            ///< becomes the token of the attempt; unique to this claim
};

/// How many tasks the claim may take while `running` run; 0 or less: none.
std::int64_t room_for(const Claim&, std::int64_t running);

/// The queued task as the claim stores it: invoked, in a new attempt.
Task after_claim(const Claim&, Task queued);

/// What the claim returns: the task as stored after it, but with the greenfield and attempts from before it.
Task handed_out(const Claim&, Task queued);

/// Whether a claimed task whose invocation was surely refused goes back to the queue. It does unless another
/// attempt of it began or it was completed; also when it was given up meanwhile and is queued again, because
/// a refused invocation costs no attempt (SPEC 13.6).
bool can_be_released(const Task& handed_out, const TaskRecord& stored);

/// The stored task as it was before the claim that returned it.
Task after_release(const Task& handed_out, Task stored);

}  // namespace sosw
