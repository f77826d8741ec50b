#include "api/activity.h"

#include <gmock/gmock.h>

#include "essentials/doubles.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

using ::testing::SizeIs;

class ActivityTest : public ::testing::Test {
 protected:
  void happen(const std::string& task, TaskAction action, const std::string& details = "",
              const std::string& labourer = "work") {
    activity_.happened(std::vector{TaskEvent{task, labourer, action, clock_.time, details}});
  }
  Json seen() { return parse_json(activity_.text()); }

  SimulatedClock clock_;
  Activity activity_{clock_};
};

TEST_F(ActivityTest, CountsWhatBecameOfTasksInEachMinute) {
  happen("a", TaskAction::created);
  happen("a", TaskAction::invoked);
  happen("a", TaskAction::completed);
  happen("a", TaskAction::archived);
  clock_.time += 120;
  happen("b", TaskAction::invoked);
  happen("b", TaskAction::scheduled_for_retry);
  happen("b", TaskAction::archived_dead);
  const Json labourer = seen()["labourers"][0];
  EXPECT_EQ(labourer["labourer_id"], "work");
  for (const char* list : {"started", "completed", "failed", "dead"}) EXPECT_THAT(labourer[list], SizeIs(60));
  EXPECT_EQ(labourer["started"][57], 1);
  EXPECT_EQ(labourer["started"][59], 1);
  EXPECT_EQ(labourer["completed"][57], 1);
  EXPECT_EQ(labourer["completed"][59], 0);
  EXPECT_EQ(labourer["failed"][59], 2);
  EXPECT_EQ(labourer["dead"][59], 1);
  const Seconds until = seen()["until"].get<double>() - clock_.time.since_epoch();
  EXPECT_GT(until, 0);
  EXPECT_LE(until, 60);
}

TEST_F(ActivityTest, ForgetsWhatIsOlderThanAnHour) {
  happen("a", TaskAction::invoked);
  clock_.time += 59 * 60;
  EXPECT_EQ(seen()["labourers"][0]["started"][0], 1);
  clock_.time += 60;
  EXPECT_THAT(seen()["labourers"], SizeIs(0)) << "whoever does nothing is left out";
  happen("b", TaskAction::invoked);
  const Json labourer = seen()["labourers"][0];
  EXPECT_EQ(labourer["started"][59], 1);
  EXPECT_EQ(labourer["started"][0], 0);
}

TEST_F(ActivityTest, GoesOnWhenTheClockIsSetBack) {
  happen("a", TaskAction::invoked);
  clock_.time -= 10 * 86400;
  happen("b", TaskAction::invoked);
  EXPECT_THAT(seen()["labourers"], SizeIs(0));
  clock_.time += 10 * 86400;
  EXPECT_EQ(seen()["labourers"][0]["started"][59], 1);
}

TEST_F(ActivityTest, KeepsTheLastFailuresWithTheirReasons) {
  for (int i = 0; i < 60; ++i)
    happen(std::to_string(i), TaskAction::scheduled_for_retry, R"({"reason": "exit code 1"})");
  happen("dead", TaskAction::archived_dead, "");
  const Json failures = seen()["failures"];
  EXPECT_THAT(failures, SizeIs(50));
  EXPECT_EQ(failures[0]["task_id"], "dead");
  EXPECT_EQ(failures[0]["dead"], true);
  EXPECT_EQ(failures[0]["reason"], "");
  EXPECT_EQ(failures[1]["task_id"], "59");
  EXPECT_EQ(failures[1]["reason"], "exit code 1");
  EXPECT_EQ(failures[1]["dead"], false);
}

TEST_F(ActivityTest, OfManyFailuresAtOnceTheLastOnesAreKept) {
  std::vector<TaskEvent> events;
  for (int i = 0; i < 1000; ++i)
    events.push_back({std::to_string(i), "work", TaskAction::archived_dead, clock_.time, ""});
  activity_.happened(events);
  const Json failures = seen()["failures"];
  EXPECT_THAT(failures, SizeIs(50));
  EXPECT_EQ(failures[0]["task_id"], "999");
  EXPECT_EQ(failures[49]["task_id"], "950");
  EXPECT_EQ(seen()["labourers"][0]["dead"][59], 1000);
}

}  // namespace
}  // namespace sosw
