#include "system/zone_database.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kSummer2026 = 1'782'864'000;  // 2026-07-01T00:00:00Z
constexpr std::int64_t kSummer2150 = 5'695'920'000;  // 2150-07-01T00:00:00Z
constexpr std::int64_t kForward = 1'774'746'000;     // 2026-03-29T01:00:00Z, Berlin
constexpr std::int64_t kBack = 1'792'890'000;        // 2026-10-25T01:00:00Z, Berlin

TEST(ZoneDatabase, KnowsTheWorldsTimeZones) {
  ZoneDatabase zones;
  EXPECT_EQ(zones.find("UTC")->shown_at(kSummer2026), kSummer2026);
  EXPECT_EQ(zones.find("Europe/Berlin")->shown_at(kSummer2026), kSummer2026 + 2 * kHour);
  EXPECT_EQ(zones.find("Asia/Kolkata")->shown_at(kSummer2026), kSummer2026 + 5 * kHour + kHour / 2);
  EXPECT_EQ(zones.find("America/New_York")->shown_at(kSummer2026), kSummer2026 - 4 * kHour);
}

TEST(ZoneDatabase, ExtendsTheRulesOfTodayIntoTheFuture) {
  EXPECT_EQ(ZoneDatabase().find("Europe/Berlin")->shown_at(kSummer2150), kSummer2150 + 2 * kHour);
}

TEST(ZoneDatabase, GivesTheFirstMomentOfALocalTime) {
  const auto berlin = ZoneDatabase().find("Europe/Berlin");
  const std::int64_t usual = kSummer2026 + 2 * kHour;
  EXPECT_EQ(berlin->when_shown(usual).moment, kSummer2026);
  EXPECT_FALSE(berlin->when_shown(usual).skipped);

  const std::int64_t shown_twice = kBack + kHour + kHour / 2;  // 02:30
  EXPECT_EQ(berlin->when_shown(shown_twice).moment, kBack - kHour / 2);
  EXPECT_FALSE(berlin->when_shown(shown_twice).skipped);
  EXPECT_EQ(berlin->shown_at(kBack + kHour / 2), shown_twice);

  const std::int64_t never_shown = kForward + kHour + kHour / 2;  // 02:30
  EXPECT_EQ(berlin->when_shown(never_shown).moment, kForward);
  EXPECT_TRUE(berlin->when_shown(never_shown).skipped);
}

TEST(ZoneDatabase, RejectsUnknownNames) {
  ZoneDatabase zones;
  for (const char* name :
       {"", "Europe/Berln", "Europe", "/etc/passwd", "/usr/share/zoneinfo/Europe/Berlin",
        "../zoneinfo/Europe/Berlin", "zone.tab", "Fixed/UTC+01:00:00", "file:Europe/Berlin"})
    EXPECT_EQ(zones.find(name), nullptr) << name;
}

}  // namespace
}  // namespace sosw
