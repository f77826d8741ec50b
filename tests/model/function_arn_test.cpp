#include "model/function_arn.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sosw {
namespace {

/// The worked cases of the behaviour.
TEST(FunctionArn, GivesNameAndAccountOfTheGoldenArns) {
  std::ifstream file(SOSW_SOURCE_DIR "/tests/golden/arn.jsonl");
  int count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const auto golden = nlohmann::json::parse(line);
    const auto arn = parse_function_arn(golden["input"].get<std::string>());
    ASSERT_TRUE(arn) << line;
    EXPECT_EQ(arn->name, golden["name"]) << line;
    EXPECT_EQ(arn->account, golden["account"].is_null() ? "" : golden["account"].get<std::string>()) << line;
  }
  EXPECT_EQ(count, 10);
}

TEST(FunctionArn, KnowsAllItsParts) {
  const auto arn = parse_function_arn("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:x:$LATEST");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->partition, "aws-us-gov");
  EXPECT_EQ(arn->region, "us-gov-west-1");
  EXPECT_EQ(arn->account, "123456789012");
  EXPECT_EQ(arn->name, "x");
  EXPECT_EQ(arn->qualifier, "$LATEST");
}

TEST(FunctionArn, LeavesMissingPartsEmpty) {
  const auto named = parse_function_arn("resize:LIVE");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->name, "resize");
  EXPECT_EQ(named->qualifier, "LIVE");
  EXPECT_EQ(named->partition + named->region + named->account, "");
  EXPECT_EQ(parse_function_arn("123456789012")->name, "123456789012")
      << "a name, although it could be an account";
}

TEST(FunctionArn, RefusesWhatIsNotAFunction) {
  for (const char* text :
       {"", ":", "a:", ":a", "a:b:c", "arn:aws:sns:us-west-2:123456789012:topic",
        "arn:aws:lambda:us-west-2:123456789012:layer:x:1", "arn:aws:lambda:us-west-2:12345:function:x",
        "arn:aws:lambda:us-west-2:123456789012:function",
        "arn:aws:lambda:us-west-2:123456789012:function:x:1:2"})
    EXPECT_FALSE(parse_function_arn(text)) << text;
}

}  // namespace
}  // namespace sosw
