#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "http/loopback_server.h"
#include "log_lines.h"
#include "notify/webhook_alarm.h"
#include "notify/webhook_messenger.h"

namespace sosw {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(WebhookAlarm, SendsTheMessagesOfASubjectTogether) {
  LoopbackServer server([](const auto&) { return http_answer(200, ""); });
  WebhookAlarm alarm(server.url() + "/alarm");
  alarm.raise("dead", "one");
  alarm.raise("other", "three");
  alarm.raise("dead", "two");
  EXPECT_TRUE(server.requests().empty());
  alarm.send();
  ASSERT_EQ(server.requests().size(), 2U);
  std::map<std::string, json> by_subject;
  for (const auto& request : server.requests()) {
    const json document = json::parse(request.body);
    by_subject[document.at("subject")] = document.at("messages");
  }
  EXPECT_EQ(by_subject["dead"], json({"one", "two"}));
  EXPECT_EQ(by_subject["other"], json::array({"three"}));
  alarm.send();
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(WebhookAlarm, SendsWhatIsLeftAtItsEnd) {
  LoopbackServer server([](const auto&) { return http_answer(200, ""); });
  { WebhookAlarm(server.url()).raise("dead", "one"); }
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests().at(0).body, R"({"subject":"dead","messages":["one"]})");
}

TEST(WebhookAlarm, SendsTextThatIsNotUtf8) {
  LoopbackServer server([](const auto&) { return http_answer(200, ""); });
  WebhookAlarm alarm(server.url());
  alarm.raise("dead", "exit 1: \xff\xfe");
  alarm.send();
  EXPECT_EQ(json::parse(server.requests().at(0).body).at("messages").at(0), "exit 1: \uFFFD\uFFFD");
}

TEST(WebhookAlarm, LogsFailedDeliveriesWithoutSecrets) {
  const LoggedLines log;
  const std::string nobody = url_of_nobody();
  WebhookAlarm alarm("http://me:hush@" + nobody.substr(7) + "/alarm?key=hush");
  alarm.raise("dead", "task 17");
  alarm.send();
  EXPECT_THAT(log.text(), AllOf(HasSubstr(nobody + "/alarm: Couldn't connect to server"), HasSubstr("dead"),
                                HasSubstr("task 17"), Not(HasSubstr("hush"))));
}

TEST(WebhookMessenger, PostsTheJson) {
  LoopbackServer server([](const auto&) { return http_answer(202, ""); });
  const Message message{.address = server.url() + "/done", .json = R"({"job_id":"00112233445566aa"})"};
  EXPECT_THAT(WebhookMessenger().deliver({&message, 1}), ElementsAre(""));
  EXPECT_EQ(server.requests().at(0).body, message.json);
  EXPECT_EQ(server.requests().at(0).target(), "/done");
}

TEST(WebhookMessenger, ReturnsWhyEachMessageDidNotArrive) {
  LoopbackServer sick([](const auto&) { return http_answer(503, ""); });
  LoopbackServer well([](const auto&) { return http_answer(200, ""); });
  const std::vector<Message> messages = {{.address = sick.url(), .json = "{}"},
                                         {.address = "file:///tmp/x", .json = "{}"},
                                         {.address = well.url(), .json = "{}"}};
  EXPECT_THAT(WebhookMessenger().deliver(messages),
              ElementsAre(sick.url() + "/: answers 503", HasSubstr("is no http or https URL"), ""));
}

}  // namespace
}  // namespace sosw
