#include "sosw/model/claim.h"

#include <algorithm>

#include "sosw/model/greenfield.h"

namespace sosw {

std::int64_t room_for(const Claim& claim, std::int64_t running) {
  return std::min(claim.at_most, claim.limit - running);
}

Task after_claim(const Claim& claim, Task queued) {
  Task task = handed_out(claim, std::move(queued));
  task.greenfield = invoked_greenfield(claim.now);
  ++task.attempts;
  return task;
}

Task handed_out(const Claim& claim, Task queued) {
  queued.token = claim.token;
  queued.invoked_at = claim.now;
  return queued;
}

bool can_be_released(const Task& handed_out, const TaskRecord& stored) {
  return stored.table == TaskRecord::Table::queue && !stored.task.completed_at && !handed_out.token.empty() &&
         stored.task.token == handed_out.token;
}

Task after_release(const Task& handed_out, Task stored) {
  stored.greenfield = handed_out.greenfield;
  stored.attempts = handed_out.attempts;
  stored.token.clear();
  stored.invoked_at.reset();
  return stored;
}

}  // namespace sosw
