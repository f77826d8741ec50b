// Alarms and messages that leave by SNS or by a function.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "aws/fake/fake_aws.h"
#include "log_lines.h"
#include "notify/lambda_alarm.h"
#include "notify/sns_alarm.h"
#include "notify/sns_messenger.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr auto kTopic = "arn:aws:sns:eu-west-1:111122223333:alarms";

class AlarmsTest : public ::testing::Test {
 protected:
  AlarmsTest() {
    aws_.control("set", {{"topics", {{kTopic, json::array()}}}, {"functions", {{"ring", json::object()}}}});
  }
  json topic() { return aws_.control("get", {{"part", "topics"}})[kTopic]; }
  json events() {
    return aws_.control("get", {{"part", "functions"}})["ring"].value("events", json::array());
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
};

TEST_F(AlarmsTest, SnsGetsTheMessagesOfASubjectAsOne) {
  SnsAlarm alarm(*session_, kTopic);
  alarm.raise("``sosw`` Dead Task", "one");
  alarm.raise("other", "three");
  alarm.raise("``sosw`` Dead Task", "two");
  EXPECT_THAT(topic(), IsEmpty());
  alarm.send();
  EXPECT_THAT(aws_.operations(), ElementsAre("PublishBatch"));
  ASSERT_THAT(topic(), SizeIs(2));
  EXPECT_EQ(topic()[0]["subject"], "``sosw`` Dead Task");
  EXPECT_EQ(topic()[0]["message"], "one\n\n#####\n\ntwo");
  EXPECT_EQ(topic()[1]["message"], "three");
  alarm.send();
  EXPECT_THAT(topic(), SizeIs(2));
}

TEST_F(AlarmsTest, SnsGetsWhatIsLeftInTheEnd) {
  SnsAlarm(*session_, kTopic).raise("dead", "one");
  EXPECT_THAT(topic(), SizeIs(1));
}

TEST_F(AlarmsTest, SnsGetsVeryManyAndUnusualMessagesInBatchesThatItAccepts) {
  SnsAlarm alarm(*session_, kTopic);
  for (int i = 0; i < 3000; ++i)
    alarm.raise(std::string(200, 's') + "\n", std::to_string(i) + ": " + std::string(100, 'x'));
  alarm.raise("odd ü", "exit 1: \xff" + std::string(500'000, '\x01'));
  alarm.send();
  std::string all;
  std::string odd;
  for (const json& message : topic()) {
    if (message["subject"] == "odd ??") odd = message["message"];
    EXPECT_LE(message["message"].get<std::string>().size(), 25'000U);
    all += message["message"].get<std::string>() + "\n\n#####\n\n";
  }
  EXPECT_GT(topic().size(), 10U);
  for (int i = 0; i < 3000; ++i) EXPECT_THAT(all, HasSubstr(std::to_string(i) + ": x")) << i;
  EXPECT_THAT(odd, AllOf(StartsWith("exit 1: \uFFFD"), HasSubstr("500009")));
}

TEST_F(AlarmsTest, SnsGetsMessagesAgainAfterATransientFailure) {
  SnsAlarm alarm(*session_, kTopic);
  for (const char* trouble : {"throttle", "cut_before", "error_before"}) {
    aws_.inject("PublishBatch", trouble, 1);
    alarm.raise("dead", trouble);
    alarm.send();
  }
  EXPECT_THAT(topic(), SizeIs(3));
}

TEST_F(AlarmsTest, WhatIsNotDeliveredIsLoggedAndDoesNotThrow) {
  const LoggedLines lines;
  SnsAlarm sns(*session_, kTopic);
  sns.raise("dead", "refuse this");
  EXPECT_NO_THROW(sns.send());
  EXPECT_THAT(lines.text(), AllOf(HasSubstr("an alarm did not get through"), HasSubstr("refuse this")));
  aws_.inject("*", "forbidden", 100);
  sns.raise("dead", "task 17");
  EXPECT_NO_THROW(sns.send());
  EXPECT_THAT(lines.text(), AllOf(HasSubstr("AccessDenied"), HasSubstr("task 17")));
  LambdaAlarm function(*session_, "ring");
  function.raise("dead", "task 18");
  EXPECT_NO_THROW(function.send());
  EXPECT_THAT(lines.text(), HasSubstr("task 18"));
}

TEST_F(AlarmsTest, AFunctionGetsTheMessagesOfASubjectTogether) {
  {
    LambdaAlarm alarm(*session_, "arn:aws:lambda:eu-west-1:111122223333:function:ring");
    alarm.raise("dead", "one");
    alarm.raise("dead \xff", "two");
    alarm.raise("dead", "three");
  }
  const json both = events();
  EXPECT_THAT(std::vector<json>(both.begin(), both.end()),
              UnorderedElementsAre(json{{"subject", "dead"}, {"messages", {"one", "three"}}},
                                   json{{"subject", "dead \uFFFD"}, {"messages", json::array({"two"})}}));
}

TEST_F(AlarmsTest, AFunctionIsNotCalledTwiceForOneAlarm) {
  const LoggedLines lines;
  LambdaAlarm alarm(*session_, "ring");
  aws_.inject("Invoke", "cut_after", 1);
  alarm.raise("dead", "one");
  alarm.send();
  EXPECT_THAT(events(), SizeIs(1));
}

TEST_F(AlarmsTest, ATopicsRegionCounts) {
  std::vector<std::string> urls;
  ScriptedHttp http([&](const HttpRequest& request) {
    urls.push_back(request.url);
    return answered(200,
                    "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult>"
                    "</PublishResponse>");
  });
  SimulatedClock clock;
  Session session(
      environment_of(
          {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_REGION", "eu-west-1"}}),
      {http, clock, aws_.random, clock});
  const Message message{Message::Kind::topic, "arn:aws-cn:sns:cn-north-1:111122223333:done", "{}"};
  EXPECT_THAT(SnsMessenger(session).deliver({&message, 1}), ElementsAre(""));
  EXPECT_THAT(urls, ElementsAre("https://sns.cn-north-1.amazonaws.com.cn/"));
  EXPECT_THAT(header(http.requests.front(), "Authorization"), HasSubstr("/cn-north-1/sns/"));
}

TEST_F(AlarmsTest, AMessageForATopicArrivesOrReportsWhyNot) {
  using enum Message::Kind;
  const std::vector<Message> messages = {{topic, kTopic, R"({"job_id":"7"})"},
                                         {topic, std::string(kTopic) + "x", "{}"},
                                         {topic, "alarms", "{}"}};
  EXPECT_THAT(SnsMessenger(*session_).deliver(messages),
              ElementsAre("", HasSubstr("NotFound"), HasSubstr("is no topic")));
  EXPECT_EQ(AlarmsTest::topic()[0]["message"], R"({"job_id":"7"})");
}

TEST_F(AlarmsTest, AnInvalidAddressIsRefusedAtOnce) {
  EXPECT_THROW(SnsAlarm(*session_, "arn:aws:sns:eu-west-1:alarms"), InvalidConfig);
  EXPECT_THROW(SnsAlarm(*session_, "alarms"), InvalidConfig);
  EXPECT_THROW(LambdaAlarm(*session_, "arn:aws:lambda:eu-west-1:ring"), InvalidConfig);
}

}  // namespace
}  // namespace sosw::aws
