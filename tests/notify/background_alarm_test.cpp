#include "notify/background_alarm.h"

#include <latch>

#include <gmock/gmock.h>

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// What an alarm did, and what it waits for before it does it.
struct Bell {
  std::latch called{1};
  std::latch free{1};
  std::vector<std::string> rung;
};

/// Rings when the test lets it.
class SlowAlarm final : public Alarm {
 public:
  explicit SlowAlarm(Bell& bell) : bell_(bell) {}
  void raise(const std::string& subject, const std::string& message) override {
    raised_.push_back(subject + ": " + message);
  }
  void send() override {
    if (first_) bell_.called.count_down();
    first_ = false;
    bell_.free.wait();
    for (std::string& one : raised_) bell_.rung.push_back(std::move(one));
    raised_.clear();
  }

 private:
  Bell& bell_;
  bool first_ = true;
  std::vector<std::string> raised_;
};

TEST(BackgroundAlarm, AlarmsDoNotBlockAndAreSentInOrder) {
  Bell bell;
  {
    BackgroundAlarm alarm(std::make_unique<SlowAlarm>(bell));
    alarm.raise("dead", "one");
    alarm.send();
    bell.called.wait();
    alarm.raise("dead", "two");
    alarm.send();
    alarm.raise("slow", "three");
    EXPECT_TRUE(bell.rung.empty()) << "the bell is still held";
    bell.free.count_down();
  }
  EXPECT_THAT(bell.rung, ElementsAre("dead: one", "dead: two", "slow: three"));
}

TEST(BackgroundAlarm, CountsAlarmsAboveTheLimit) {
  Bell bell;
  {
    BackgroundAlarm alarm(std::make_unique<SlowAlarm>(bell));
    for (int i = 0; i < 10'007; ++i) alarm.raise("dead", "one");
    bell.free.count_down();
  }
  ASSERT_THAT(bell.rung, SizeIs(10'001));
  EXPECT_EQ(bell.rung.back(), "dead: and 7 more that are not told one by one");
}

TEST(BackgroundAlarm, SendingNothingDoesNothing) {
  Bell bell;
  { BackgroundAlarm(std::make_unique<SlowAlarm>(bell)).send(); }
  EXPECT_TRUE(bell.rung.empty());
}

}  // namespace
}  // namespace sosw
