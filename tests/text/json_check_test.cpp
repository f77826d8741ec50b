#include "text/json_check.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

using namespace std::literals;

TEST(JsonCheck, OneValueAndNothingElse) {
  EXPECT_TRUE(is_json(" [1, 2]\n"));
  EXPECT_TRUE(is_json("\"\\u0000\""));
  EXPECT_FALSE(is_json(""));
  EXPECT_FALSE(is_json("[1, 2] 3"));
  EXPECT_FALSE(is_json("\"\xff\""));
}

TEST(JsonCheck, NulIsNotTheEndOfTheText) {
  EXPECT_FALSE(is_json("[1, 2]\0"sv));
  EXPECT_FALSE(is_json("{}\0 whatever follows"sv));
  EXPECT_FALSE(is_json_object("{}\0"sv));
}

TEST(JsonCheck, Objects) {
  EXPECT_TRUE(is_json_object("\t{\"a\": 1} "));
  EXPECT_FALSE(is_json_object("[{}]"));
  EXPECT_FALSE(is_json_object("{"));
  EXPECT_FALSE(is_json_object("  "));
}

}  // namespace
}  // namespace sosw
