#include "system/system_clock.h"

#include <chrono>

#include <gtest/gtest.h>

namespace sosw {
namespace {

TEST(SystemClock, ShowsUnixTime) {
  const auto unix_second = [] {
    return std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds(1);
  };
  const auto before = unix_second();
  const Time now = SystemClock().now();
  EXPECT_LE(before, whole_unix_seconds(now));
  EXPECT_LE(whole_unix_seconds(now), unix_second());
}

TEST(SystemClock, TheMonotonicOneOnlyGoesForward) {
  SystemClock clock;
  const MonotonicTime start = clock.monotonic();
  EXPECT_GT(start, MonotonicTime());
  MonotonicTime last = start;
  while (last == start) {
    const MonotonicTime next = clock.monotonic();
    ASSERT_GE(next, last);
    last = next;
  }
}

}  // namespace
}  // namespace sosw
