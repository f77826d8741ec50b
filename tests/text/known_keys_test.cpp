#include "text/known_keys.h"

#include <array>

#include <gtest/gtest.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 4> kKnown = {"labourers", "max_attempts", "retry", "arn"};

TEST(DidYouMean, NamesTheNearestWord) {
  EXPECT_EQ(did_you_mean("labourer", kKnown), " (did you mean 'labourers'?)");
  EXPECT_EQ(did_you_mean("laborers", kKnown), " (did you mean 'labourers'?)");
  EXPECT_EQ(did_you_mean("max_atempts", kKnown), " (did you mean 'max_attempts'?)");
  EXPECT_EQ(did_you_mean("retyr", kKnown), " (did you mean 'retry'?)");
  EXPECT_EQ(did_you_mean("anr", kKnown), " (did you mean 'arn'?)");
}

TEST(DidYouMean, NamesNoneWhenNoneIsNear) {
  EXPECT_EQ(did_you_mean("schedule", kKnown), "");
  EXPECT_EQ(did_you_mean("a", kKnown), "");
  EXPECT_EQ(did_you_mean("", kKnown), "");
  EXPECT_EQ(did_you_mean("retry", {}), "");
}

TEST(DidYouMean, ChangesNoMoreThanHalfOfAWord) {
  constexpr std::array<std::string_view, 2> shorts = {"le", "path"};
  EXPECT_EQ(did_you_mean("gt", shorts), "");
  EXPECT_EQ(did_you_mean("pth", shorts), " (did you mean 'path'?)");
}

TEST(KnownKeys, AcceptKnownKeys) { EXPECT_NO_THROW(require_known_key("retry", "labourers.a", kKnown)); }

TEST(KnownKeys, SuggestTheNearestKeyForAnUnknownOne) {
  try {
    require_known_key("retri", "labourers.a", kKnown);
    FAIL() << "nothing was thrown";
  } catch (const InvalidConfig& error) {
    EXPECT_EQ(error.where, "labourers.a.retri");
    EXPECT_STREQ(error.what(), "labourers.a.retri: unknown key (did you mean 'retry'?)");
  }
}

TEST(KnownKeys, AreAllListedWhenNoneIsSimilar) {
  try {
    require_known_key("schedule", "", kKnown);
    FAIL() << "nothing was thrown";
  } catch (const InvalidConfig& error) {
    EXPECT_STREQ(error.what(), "schedule: unknown key; known are labourers, max_attempts, retry, arn");
  }
}

}  // namespace
}  // namespace sosw
