#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/clients/cloud_watch.h"
#include "aws/clients/event_bridge.h"
#include "aws/clients/lambda.h"
#include "aws/clients/s3.h"
#include "aws/clients/secrets_manager.h"
#include "aws/clients/sns.h"
#include "aws/clients/ssm.h"
#include "aws/core/sts.h"
#include "aws/fake/fake_aws.h"
#include "aws/fake/python_script.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ServicesTest : public ::testing::Test {
 protected:
  template <class F>
  std::string code_of(F&& call) {
    try {
      call();
      return "none";
    } catch (const AwsError& error) {
      return error.code;
    }
  }
  std::size_t calls() { return aws_.operations().size(); }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
};

TEST_F(ServicesTest, LambdaStartsManyFunctionsAtOnce) {
  aws_.control("set", {{"functions", {{"work", {{"timeout", 300}}}}}});
  Lambda lambda(*session_);
  std::vector<LambdaInvoke> invokes;
  for (int i = 0; i < 50; ++i) invokes.push_back({.function = "work", .payload = json{{"n", i}}.dump()});
  invokes.push_back({.function = "arn:aws:lambda:eu-west-1:111122223333:function:work:PROD"});
  invokes.push_back({.function = "missing"});
  const auto results = lambda.invoke(invokes);
  for (std::size_t i = 0; i < 51; ++i) EXPECT_EQ(results[i].value->status, 202) << i;
  EXPECT_EQ(results[51].error->code, "ResourceNotFoundException");
  EXPECT_FALSE(results[51].error->maybe_done);
  EXPECT_THAT(aws_.control("get", {{"part", "functions"}})["work"]["events"], SizeIs(51));
}

TEST_F(ServicesTest, LambdaReturnsWhatTheFunctionReturnedOrItsError) {
  aws_.control("set",
               {{"functions", {{"good", {{"result", {{"x", 1}}}}}, {"bad", {{"error", "disk full"}}}}}});
  Lambda lambda(*session_);
  const LambdaAnswer good = lambda.invoke({.function = "good",
                                           .qualifier = "$LATEST",
                                           .type = LambdaInvoke::Type::request_response,
                                           .tail_of_log = true});
  EXPECT_EQ(json::parse(good.payload), json({{"x", 1}}));
  EXPECT_EQ(good.function_error, "");
  EXPECT_EQ(good.executed_version, "$LATEST");
  EXPECT_EQ(good.log_tail, "START\nEND\n");
  const LambdaAnswer bad = lambda.invoke({.function = "bad", .type = LambdaInvoke::Type::request_response});
  EXPECT_EQ(bad.status, 200);
  EXPECT_EQ(bad.function_error, "Unhandled");
  EXPECT_THAT(bad.payload, HasSubstr("disk full"));
  EXPECT_EQ(lambda.invoke({.function = "good", .type = LambdaInvoke::Type::dry_run}).status, 204);
}

TEST_F(ServicesTest, LambdaNeverStartsAFunctionTwice) {
  aws_.control("set", {{"functions", {{"work", json::object()}}}});
  Lambda lambda(*session_);
  const LambdaInvoke invoke{.function = "work"};
  aws_.inject("Invoke", "cut_after");
  auto result = lambda.invoke(std::span(&invoke, 1)).front();
  ASSERT_TRUE(result.error);
  EXPECT_TRUE(result.error->maybe_done);
  EXPECT_EQ(calls(), 1U);
  for (const char* refusal : {"throttle", "error_before"}) {
    aws_.inject("Invoke", refusal, 2);
    EXPECT_EQ(lambda.invoke(invoke).status, 202) << refusal;
    EXPECT_EQ(calls(), 3U);
    aws_.inject("Invoke", refusal, 3);
    EXPECT_TRUE(lambda.invoke(std::span(&invoke, 1)).front().error->retryable);
    EXPECT_EQ(calls(), 3U);
  }
  EXPECT_THAT(aws_.control("get", {{"part", "functions"}})["work"]["events"], SizeIs(3));
}

TEST_F(ServicesTest, LambdaTellsAFunctionsConfiguration) {
  aws_.control("set",
               {{"functions", {{"a", {{"timeout", 300}}}, {"b", json::object()}, {"c", json::object()}}},
                {"page", 2}});
  Lambda lambda(*session_);
  const FunctionConfiguration a = lambda.configuration("a");
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.timeout, 300);
  EXPECT_EQ(a.state, "Active");
  EXPECT_EQ(a.arn, "arn:aws:lambda:eu-west-1:111122223333:function:a");
  EXPECT_THAT(lambda.list_functions(), SizeIs(3));
}

TEST_F(ServicesTest, SnsPublishesOneOrMany) {
  Sns sns(*session_);
  const std::string topic = sns.create_topic("alarms");
  EXPECT_EQ(topic, "arn:aws:sns:eu-west-1:111122223333:alarms");
  const SnsMessage dead{.message = "Closing dead task: a & b\n#####\nü",
                        .subject = "``sosw`` Dead Task",
                        .attributes = {{"kind", "full"}, {"labourer", "x"}}};
  EXPECT_NE(sns.publish(topic, dead), "");
  std::vector<SnsMessage> many(23, {.message = "m"});
  many[12].message = "refuse this";
  const auto results = sns.publish_all(topic, many);
  for (std::size_t i = 0; i < many.size(); ++i) EXPECT_EQ(results[i].value.has_value(), i != 12) << i;
  EXPECT_EQ(results[12].error->code, "InternalError");
  EXPECT_TRUE(results[12].error->retryable);
  const json messages = aws_.control("get", {{"part", "topics"}})[topic];
  ASSERT_THAT(messages, SizeIs(23));
  EXPECT_EQ(messages[0]["message"], dead.message);
  EXPECT_EQ(messages[0]["subject"], dead.subject);
  EXPECT_EQ(messages[0]["attributes"], json(dead.attributes));
  EXPECT_EQ(sns.subscribe(topic, "email", "a@b.example"), "pending confirmation");
  EXPECT_EQ(code_of([&] { sns.publish(topic + "x", dead); }), "NotFound");
}

TEST_F(ServicesTest, CloudWatchReadsManyMetrics) {
  json metrics = json::array();
  for (int i = 0; i < 5; ++i)
    metrics.push_back({{"namespace", "AWS/RDS"},
                       {"name", "CPU"},
                       {"dimensions", {{"DB", std::to_string(i)}, {"Z", "z"}}},
                       {"points", {{1800000060, 2.5 + i}, {1800000000, 1e-7}, {1700000000, 99}}}});
  aws_.control("set", {{"metrics", metrics}, {"page", 2}});
  std::vector<MetricQuery> queries;
  for (const char* db : {"3", "0", "missing"})
    queries.push_back({.name_space = "AWS/RDS",
                       .metric = "CPU",
                       .dimensions = {{"DB", db}, {"Z", "z"}},
                       .from = Time(1800000000),
                       .to = Time(1800000300)});
  CloudWatch watch(*session_);
  const auto statistics = watch.statistics(queries);
  const auto data = watch.data(queries, Time(1800000000), Time(1800000300));
  ASSERT_THAT(data, SizeIs(3));
  for (std::size_t i = 0; i < 2; ++i) {
    for (const auto& points : {*statistics[i].value, data[i]}) {
      ASSERT_THAT(points, SizeIs(2));
      EXPECT_EQ(points[0].time, Time(1800000000));
      EXPECT_EQ(points[0].value, 1e-7);
      EXPECT_EQ(points[1].value, i == 0 ? 5.5 : 2.5);
    }
  }
  EXPECT_THAT(*statistics[2].value, SizeIs(0));
  EXPECT_THAT(data[2], SizeIs(0));
  queries[0].period = 90;
  EXPECT_EQ(watch.statistics(queries)[0].error->code, "InvalidParameterValue");
}

TEST_F(ServicesTest, SsmReadsParametersByNameAndByPath) {
  json parameters;
  std::vector<std::string> names{"missing"};
  for (int i = 0; i < 25; ++i) {
    names.push_back("/sosw/p" + std::to_string(i));
    parameters[names.back()] = R"({"a": ")" + std::to_string(i) + R"("})";
  }
  parameters["/other"] = "x";
  aws_.control("set", {{"parameters", parameters}, {"page", 10}});
  Ssm ssm(*session_);
  EXPECT_EQ(ssm.parameter("/other"), "x");
  EXPECT_EQ(ssm.parameter("/none"), std::nullopt);
  EXPECT_THAT(ssm.parameters(names), SizeIs(25));
  const auto below = ssm.parameters_below("/sosw/");
  EXPECT_THAT(below, SizeIs(25));
  EXPECT_EQ(below.at("/sosw/p7"), R"({"a": "7"})");
}

TEST_F(ServicesTest, SecretsManagerReadsAndListsSecrets) {
  aws_.control("set", {{"secrets",
                        {{"db", {{"text", R"({"password":"x"})"}, {"tags", {{"sosw", "yes"}}}}},
                         {"key", {{"binary", "AAE="}}},
                         {"z", {{"text", ""}, {"tags", {{"sosw", "no"}}}}}}},
                       {"page", 1}});
  SecretsManager secrets(*session_);
  EXPECT_EQ(secrets.value("db"), R"({"password":"x"})");
  EXPECT_EQ(secrets.value("key"), std::string("\0\1", 2));
  EXPECT_EQ(secrets.value("none"), std::nullopt);
  const auto tagged = secrets.list({{"tag-key", {"sosw"}}});
  ASSERT_THAT(tagged, SizeIs(2));
  EXPECT_EQ(tagged[0].name, "db");
  EXPECT_EQ(tagged[0].tags.at("sosw"), "yes");
}

TEST_F(ServicesTest, EventBridgeFindsTheRulesOfATarget) {
  const auto rule = [](const char* state) {
    return json{{"state", state}, {"schedule", "rate(1 minute)"}, {"targets", {"arn:me"}}};
  };
  aws_.control("set", {{"rules", {{"a", rule("ENABLED")}, {"b", rule("DISABLED")}}}, {"page", 1}});
  EventBridge events(*session_);
  EXPECT_THAT(events.rule_names_by_target("arn:me"), ElementsAre("a", "b"));
  EXPECT_TRUE(events.rule("a")->enabled);
  EXPECT_EQ(events.rule("a")->schedule, "rate(1 minute)");
  EXPECT_FALSE(events.rule("b")->enabled);
  EXPECT_FALSE(events.rule("c"));
}

TEST_F(ServicesTest, S3KeepsObjectsUnderAnyKey) {
  aws_.control("set", {{"buckets", {{"box", json::object()}}}});
  S3 s3(*session_);
  const std::string key = "a b/../ü+%2F?&=.txt";
  const std::string content("\0\xFF text", 7);
  const std::string etag = s3.put("box", key, content);
  EXPECT_EQ(s3.get("box", key), content);
  const auto head = s3.head("box", key);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->size, 7);
  EXPECT_EQ(head->etag, etag);
  EXPECT_EQ(s3.get("box", "other"), std::nullopt);
  EXPECT_EQ(s3.head("box", "other").has_value(), false);
  EXPECT_EQ(code_of([&] { s3.get("no-box", key); }), "NoSuchBucket");
}

TEST_F(ServicesTest, S3BucketsAreHostsUnlessTheEndpointIsConfigured) {
  SimulatedClock clock;
  SeededRandom random;
  ScriptedHttp http([](const HttpRequest&) { return answered(200); });
  Session session(
      environment_of(
          {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_REGION", "eu-west-1"}}),
      {http, clock, random, clock});
  S3 s3(session);
  s3.put("box", "a/b c", "");
  s3.put("dotted.box", "k", "");
  EXPECT_EQ(http.requests[0].url, "https://box.s3.eu-west-1.amazonaws.com/a/b%20c");
  EXPECT_EQ(http.requests[1].url, "https://s3.eu-west-1.amazonaws.com/dotted.box/k");
}

TEST_F(ServicesTest, StsNamesTheCaller) {
  Sts sts(session_->caller(kSts));
  EXPECT_EQ(sts.caller_identity().account, "111122223333");
}

TEST_F(ServicesTest, CredentialsOfARoleComeFromSts) {
  const TemporaryFolder folder;
  aws_.control("keys", {{"AKIDROLE", {{"secret", "role-secret"}, {"token", "role-token"}}}});
  const auto session = aws_.session({{"AWS_ACCESS_KEY_ID", ""},
                                     {"AWS_SECRET_ACCESS_KEY", ""},
                                     {"AWS_WEB_IDENTITY_TOKEN_FILE", folder.write("token", "a.b.c")},
                                     {"AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/worker"}});
  Sts sts(session->caller(kSts));
  EXPECT_EQ(sts.caller_identity().account, "111122223333");
  EXPECT_THAT(aws_.operations(), ElementsAre("AssumeRoleWithWebIdentity", "GetCallerIdentity"));
}

TEST_F(ServicesTest, AnIndependentClientAcceptsTheFake) {
  EXPECT_EQ(run_script("fake/boto3_check.py", aws_.url), "fine");
}

}  // namespace
}  // namespace sosw::aws
