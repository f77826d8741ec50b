#include "job/event_envelope.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

#include "job/refusal.h"
#include "text/json.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string in_sqs(const std::string& body) {
  return Json{{"Records", {{{"eventSource", "aws:sqs"}, {"body", body}}}}}.dump();
}

std::string in_sns(const std::string& message) {
  return Json{{"Records", {{{"EventSource", "aws:sns"}, {"Sns", {{"Message", message}}}}}}}.dump();
}

std::string in_event_bridge(const std::string& detail) {
  return R"({"version": "0", "detail-type": "t", "source": "s", "detail": )" + detail + "}";
}

TEST(UnwrapEvent, KeepsTheBytesOfNumbersAndText) {
  const std::string event = R"({"n":[1.10,1e5,12345678901234567890123],"t":"\u00e9é"})";
  EXPECT_THAT(unwrap_event(event), ElementsAre(event));
  EXPECT_THAT(unwrap_event(in_sqs(in_sns(event))), ElementsAre(event));
  EXPECT_THAT(unwrap_event(in_event_bridge(event)), ElementsAre(event));
}

TEST(UnwrapEvent, UnwrapsEachEnvelope) {
  EXPECT_THAT(unwrap_event(in_sqs(in_event_bridge(R"({"a": 1})"))), ElementsAre(R"({"a":1})"));
  EXPECT_THAT(unwrap_event(in_event_bridge(in_event_bridge(R"({"a": 1})"))), ElementsAre(R"({"a":1})"));
  EXPECT_THAT(unwrap_event(in_sqs(R"({"Type": "Notification", "Message": "{\"a\": 1}"})")),
              ElementsAre(R"({"a":1})"));
}

TEST(UnwrapEvent, GivesEveryRecord) {
  EXPECT_THAT(unwrap_event(R"({"Records": [{"body": "{\"a\": 1}"}, {"body": "{\"a\": 2}"}]})"),
              ElementsAre(R"({"a":1})", R"({"a":2})"));
}

TEST(UnwrapEvent, LeavesMessagesThatAreNotJsonAsText) {
  EXPECT_THAT(unwrap_event(in_sqs("hello")), ElementsAre(R"("hello")"));
}

TEST(UnwrapEvent, LeavesOtherEventsAlone) {
  for (const std::string event :
       {R"({"Records":[{"s3":{"object":{"key":"k"}}}]})", R"({"Records":[]})", R"({"Records":5})",
        R"({"Records":[5]})", R"({"body":"x"})", R"({"detail":{"a":1}})", R"({"Type":"Notification"})",
        R"("text")", "5", "[]"})
    EXPECT_THAT(unwrap_event(event), ElementsAre(event));
}

TEST(UnwrapEvent, RefusesInvalidJson) {
  EXPECT_THAT(refusal_of<InvalidJob>([] { unwrap_event("{"); }), HasSubstr("line 1, column 2"));
}

}  // namespace
}  // namespace sosw
