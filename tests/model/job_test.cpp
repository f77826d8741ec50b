#include "sosw/model/job.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

TEST(JobProgress, IsFinishedWhenAllOfAKnownTotalAreClosed) {
  JobProgress progress{.scheduled = 10, .completed = 6, .dead = 3, .cancelled = 1};
  EXPECT_EQ(progress.closed(), 10);
  EXPECT_EQ(progress.open(), 0);
  EXPECT_FALSE(progress.finished());
  progress.total = 11;
  EXPECT_FALSE(progress.finished());
  progress.total = 10;
  EXPECT_TRUE(progress.finished());
}

TEST(JobProgress, WithoutTasksIsFinishedOnlyWhenThatIsKnown) {
  EXPECT_FALSE(JobProgress{}.finished());
  EXPECT_TRUE(JobProgress{.total = 0}.finished());
}

}  // namespace
}  // namespace sosw
