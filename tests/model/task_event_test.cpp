#include "sosw/model/task_event.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

TEST(TaskAction, IsKnownByItsName) {
  const std::pair<TaskAction, const char*> names[] = {
      {TaskAction::created, "created"},
      {TaskAction::invoked, "invoked"},
      {TaskAction::completed, "completed"},
      {TaskAction::failed, "failed"},
      {TaskAction::marked_as_completed, "marked_as_completed"},
      {TaskAction::marked_as_failed, "marked_as_failed"},
      {TaskAction::archived, "archived"},
      {TaskAction::archived_dead, "archived_dead"},
      {TaskAction::scheduled_for_retry, "scheduled_for_retry"},
      {TaskAction::ready_for_retry, "ready_for_retry"},
  };
  for (const auto& [action, name] : names) {
    EXPECT_EQ(to_string(action), name);
    EXPECT_EQ(task_action_from(name), action);
  }
}

TEST(TaskAction, IsNulloptForOtherNames) {
  for (const char* other : {"", "Created", "cancelled", "invoked "})
    EXPECT_FALSE(task_action_from(other)) << other;
}

}  // namespace
}  // namespace sosw
