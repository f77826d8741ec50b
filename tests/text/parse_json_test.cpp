#include "text/parse_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/json_text.h"

namespace sosw {
namespace {

using namespace std::literals;
using ::testing::StartsWith;

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(IsJson, OneValueAndNothingElse) {
  EXPECT_TRUE(is_json(" [1, 2]\n"));
  EXPECT_TRUE(is_json("\"\\u0000\""));
  EXPECT_FALSE(is_json(""));
  EXPECT_FALSE(is_json("[1, 2] 3"));
  EXPECT_FALSE(is_json("\"\xff\""));
}

TEST(IsJson, NulDoesNotEndTheText) {
  EXPECT_FALSE(is_json("[1, 2]\0"sv));
  EXPECT_FALSE(is_json("{}\0 whatever follows"sv));
  EXPECT_FALSE(is_json_object("{}\0"sv));
}

TEST(IsJson, Objects) {
  EXPECT_TRUE(is_json_object("\t{\"a\": 1} "));
  EXPECT_FALSE(is_json_object("[{}]"));
  EXPECT_FALSE(is_json_object("{"));
  EXPECT_FALSE(is_json_object("  "));
}

TEST(IsJson, AByteOrderMarkIsNoPartOfIt) {
  EXPECT_FALSE(is_json("\xEF\xBB\xBF{}"));
  EXPECT_EQ(parse_json("\xEF\xBB\xBF{}"), Json::object());
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBF{}"), "{}");
  EXPECT_EQ(without_byte_order_mark("{}"), "{}");
}

std::string problem_of(std::string_view text) {
  try {
    parse_json(text);
  } catch (const InvalidJson& error) {
    return error.what();
  }
  return "";
}

TEST(ParseJson, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(problem_of("{\"a\":\n  tru}"), StartsWith("is not valid JSON at line 2, column 6: "));
  EXPECT_EQ(problem_of("[1,\n 1e400]"),
            "is not valid JSON at line 2, column 6: the number 1e400 is too large");
  EXPECT_EQ(problem_of("{}\0"sv), "holds a NUL byte");
  EXPECT_EQ(problem_of(nested(201)), "is nested deeper than 200 levels of lists and objects");
  EXPECT_EQ(problem_of(nested(200)), "");
}

TEST(ParseJson, LooksNoDeeperThanAsked) {
  EXPECT_NO_THROW(parse_json(nested(201), kDeepestJsonOfEngine));
  EXPECT_THROW(parse_json(nested(3), 2), InvalidJson);
}

TEST(ParseJson, BracketsInTextsAreNoLevels) {
  EXPECT_EQ(problem_of('"' + std::string(1000, '[') + '"'), "");
  EXPECT_EQ(problem_of("[\"\\\"" + std::string(1000, '{') + "\"]"), "");
}

TEST(ParseJson, OfEqualKeysTheLastCounts) {
  EXPECT_EQ(parse_json(R"({"a": 1, "\u0061": 2})"), Json({{"a", 2}}));
  EXPECT_EQ(JsonText(R"({"a": 1, "\u0061": 2})"), R"({"\u0061":2})");
}

TEST(JsonOrDiscarded, IsNothingOfAllWhenItCanNotBeAccepted) {
  for (const std::string& text :
       {std::string("{"), nested(201), std::string("{}\0", 3), std::string("1e400")})
    EXPECT_TRUE(json_or_discarded(text).is_discarded()) << text;
  EXPECT_EQ(json_or_discarded<nlohmann::json>("[1]"), nlohmann::json::array({1}));
}

TEST(ShallowJson, KeepsTheBeginningOfEachBranch) {
  EXPECT_EQ(shallow_json(R"({"a": [1, {"b": [2]}], "c": "[{"})", 1), R"({"a": null, "c": "[{"})");
  EXPECT_EQ(shallow_json(R"({"a": [1, {"b": [2]}], "c": "[{"})", 2), R"({"a": [1, null], "c": "[{"})");
  EXPECT_EQ(shallow_json(nested(100'000), 2), "[[null]]");
  EXPECT_THROW(shallow_json("[[}", 1), InvalidJson);
}

TEST(JsonText, GetsMembers) {
  EXPECT_EQ(with_member(JsonText("{}"), "a", "1"), R"({"a":1})");
  EXPECT_EQ(with_member(JsonText(R"({"a": 1, "b": 2})"), "a", "3"), R"({"b":2,"a":3})");
  std::string object = "{}";
  add_member(object, "a", "[1]");
  add_member(object, "b", "{");
  EXPECT_EQ(object, R"({"a":[1],"b":"{"})");
}

}  // namespace
}  // namespace sosw
