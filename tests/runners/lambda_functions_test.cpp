#include "runners/lambda_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake/fake_aws.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Sent = Dispatch::Kind;

std::string arn_of(const std::string& name) {
  return "arn:aws:lambda:eu-west-1:111122223333:function:" + name;
}

class LambdaFunctionsTest : public ::testing::Test {
 protected:
  LambdaFunctionsTest() {
    aws_.control("set", {{"functions", {{"work", {{"timeout", 120}}}, {"other", json::object()}}}});
    for (const char* name : {"work", "other", "missing"})
      labourers_[name] = {.id = name, .arn = arn_of(name)};
  }

  Invocation invocation(const std::string& name, std::string event = "{}") {
    return {&labourers_.at(name), {.task_id = "t", .labourer_id = name}, std::move(event)};
  }
  Dispatch invoke(const std::string& name, std::string event = "{}") {
    std::vector<Invocation> one;
    one.push_back(invocation(name, std::move(event)));
    return functions_.invoke(std::move(one)).at(0);
  }
  std::size_t times_run(const std::string& name) {
    const json functions = aws_.control("get", {{"part", "functions"}});
    return functions[name].value("events", json::array()).size();
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  LambdaFunctions functions_{*session_};
  std::map<std::string, Labourer> labourers_;
};

TEST_F(LambdaFunctionsTest, StartsManyInOneCallAndReportsEachResult) {
  std::vector<Invocation> many;
  for (int i = 0; i < 40; ++i) many.push_back(invocation("work", json{{"n", i}}.dump()));
  many.insert(many.begin() + 7, invocation("missing"));
  many.push_back(invocation("other"));
  const std::vector<Dispatch> dispatches = functions_.invoke(std::move(many));
  ASSERT_THAT(dispatches, SizeIs(42));
  for (std::size_t i = 0; i < dispatches.size(); ++i)
    EXPECT_EQ(dispatches[i].kind, i == 7 ? Sent::refused : Sent::accepted) << i << dispatches[i].problem;
  EXPECT_THAT(dispatches[7].problem, HasSubstr("ResourceNotFoundException"));
  EXPECT_EQ(times_run("work"), 40U);
  EXPECT_EQ(times_run("other"), 1U);
}

TEST_F(LambdaFunctionsTest, WhatLambdaRejectsIsRefused) {
  for (const char* trouble : {"throttle", "error_before"}) {
    aws_.inject("Invoke", trouble, 10);
    const Dispatch dispatch = invoke("work");
    EXPECT_EQ(dispatch.kind, Sent::refused) << trouble;
    EXPECT_NE(dispatch.problem, "");
    aws_.control("calm", json::object());
  }
  EXPECT_EQ(times_run("work"), 0U);
  EXPECT_EQ(invoke("work").kind, Sent::accepted);
}

TEST_F(LambdaFunctionsTest, AnInterruptedCallIsUnknownAndNotRetried) {
  for (const char* trouble : {"cut_after", "cut_before"}) {
    aws_.inject("Invoke", trouble);
    aws_.operations();
    EXPECT_EQ(invoke("work").kind, Sent::unknown) << trouble;
    EXPECT_THAT(aws_.operations(), SizeIs(1)) << trouble;
  }
  EXPECT_EQ(times_run("work"), 1U);
}

TEST_F(LambdaFunctionsTest, AnUnreachableLambdaIsRefused) {
  const auto session = aws_.session({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}});
  LambdaFunctions functions(*session);
  std::vector<Invocation> one;
  one.push_back(invocation("work"));
  EXPECT_EQ(functions.invoke(std::move(one)).at(0).kind, Sent::refused);
}

TEST_F(LambdaFunctionsTest, WithoutCredentialsEverythingIsRefused) {
  const auto session = aws_.session({{"AWS_ACCESS_KEY_ID", ""},
                                     {"AWS_SECRET_ACCESS_KEY", ""},
                                     {"AWS_CONFIG_FILE", "/dev/null"},
                                     {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}});
  LambdaFunctions functions(*session);
  std::vector<Invocation> two;
  two.push_back(invocation("work"));
  two.push_back(invocation("other"));
  for (const Dispatch& dispatch : functions.invoke(std::move(two))) {
    EXPECT_EQ(dispatch.kind, Sent::refused);
    EXPECT_THAT(dispatch.problem, HasSubstr("AWS credentials"));
  }
  EXPECT_THAT(aws_.operations(), SizeIs(0));
}

TEST_F(LambdaFunctionsTest, ExpiredCredentialsAreARefusal) {
  aws_.inject("Invoke", "expired");
  const Dispatch dispatch = invoke("work");
  EXPECT_EQ(dispatch.kind, Sent::refused);
  EXPECT_THAT(dispatch.problem, HasSubstr("ExpiredToken"));
}

TEST_F(LambdaFunctionsTest, AnEventThatLambdaRejectsFailsOnlyThatTask) {
  const std::string longest = R"({"x":")" + std::string((1 << 20) - 8, 'a') + R"("})";
  std::vector<Invocation> three;
  three.push_back(invocation("work", longest));
  three.push_back(invocation("work", longest + " "));
  three.push_back(invocation("work"));
  const std::vector<Dispatch> dispatches = functions_.invoke(std::move(three));
  EXPECT_EQ(dispatches[0].kind, Sent::accepted) << dispatches[0].problem;
  EXPECT_EQ(dispatches[1].kind, Sent::failed);
  EXPECT_THAT(dispatches[1].problem, AllOf(HasSubstr("1048577 bytes"), HasSubstr("1048576 at most")));
  EXPECT_EQ(dispatches[2].kind, Sent::accepted);
  EXPECT_EQ(times_run("work"), 2U);
}

TEST_F(LambdaFunctionsTest, AsksForAFunctionsTimeoutOnce) {
  EXPECT_EQ(functions_.timeout_of(labourers_["work"]), 120);
  EXPECT_EQ(functions_.timeout_of(labourers_["work"]), 120);
  EXPECT_EQ(functions_.timeout_of(labourers_["missing"]), std::nullopt);
  EXPECT_EQ(functions_.timeout_of(labourers_["missing"]), std::nullopt);
  EXPECT_THAT(aws_.operations(), SizeIs(2));
}

}  // namespace
}  // namespace sosw::aws
