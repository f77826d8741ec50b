// Jobs that list the payloads of their tasks.

#include "job/payload_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "job/chunker.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::StrEq;
using ::testing::Throws;
using ::testing::ThrowsMessage;

Chunker chunker_of(const JsonText& document) {
  return {document, JobSchema::of_payloads(), "2026-01-01", "work"};
}

std::vector<std::string> rest_of(Chunker& chunker) {
  std::vector<std::string> payloads;
  for (std::string payload; chunker.next_payload(payload);) payloads.push_back(payload);
  return payloads;
}

TEST(PayloadList, IsATaskForEachPayloadWithItsBytes) {
  Chunker chunker =
      chunker_of(list_payloads({R"({"b": 1.50, "a": "\u00e9"})", "{}", R"({"b": {"c": [1]}})"}));
  EXPECT_EQ(chunker.count(), 3);
  EXPECT_THAT(rest_of(chunker), ElementsAre(R"({"b":1.50,"a":"\u00e9"})", "{}", R"({"b":{"c":[1]}})"));
  EXPECT_EQ(chunker.index(), 3);
}

TEST(PayloadList, GoesOnWhereItIsTold) {
  Chunker chunker = chunker_of(JsonText(R"({"payloads":[{"a":0},{"a":1},{"a":2}]})"));
  rest_of(chunker);
  chunker.skip_to(1);
  EXPECT_EQ(chunker.index(), 1);
  EXPECT_THAT(rest_of(chunker), ElementsAre(R"({"a":1})", R"({"a":2})"));
  chunker.skip_to(3);
  EXPECT_THAT(rest_of(chunker), ElementsAre());
}

TEST(PayloadList, ShowsTasksWithTheirLabourer) {
  Chunker chunker = chunker_of(JsonText(R"({"payloads":[{"a":0},{}]})"));
  std::string task;
  ASSERT_TRUE(chunker.next_task(task));
  EXPECT_EQ(task, R"({"labourer_id":"work","a":0})");
  ASSERT_TRUE(chunker.next_task(task));
  EXPECT_EQ(task, R"({"labourer_id":"work"})");
}

TEST(PayloadList, IsKeptByTheSchemaInAStore) {
  EXPECT_EQ(JobSchema::of_payloads().to_json(), R"("payloads")");
  EXPECT_TRUE(JobSchema::from_json(JobSchema::of_payloads().to_json()).lists_payloads());
  EXPECT_FALSE(JobSchema::from_json(R"(["payload_kind"])").lists_payloads());
}

TEST(PayloadList, RefusesWhatIsNoPayload) {
  const auto refusal = [](const std::string& document) {
    return [document] { chunker_of(JsonText(document)); };
  };
  EXPECT_THAT(refusal(R"({"payloads":[{},7]})"),
              ThrowsMessage<InvalidJob>(StrEq("payloads[1]: must be a JSON object, got 7")));
  EXPECT_THAT(refusal(R"({"payloads":[{"task_id":1}]})"),
              ThrowsMessage<InvalidJob>(
                  StrEq("payloads[0].task_id: is reserved for the task itself, use another name")));
  EXPECT_THAT(refusal(R"({"payloads":[]})"),
              ThrowsMessage<InvalidJob>(StrEq("payloads: is empty, there is nothing to do")));
  EXPECT_THAT(refusal(R"({"payloads":{}})"),
              ThrowsMessage<InvalidJob>(StrEq("payloads: must be a list, got {}")));
  EXPECT_THAT(refusal("{}"), Throws<InvalidJob>());
}

TEST(PayloadList, OnePayloadCanNotSmuggleInAnother) {
  EXPECT_THAT([] { list_payloads({"{}", "{},{}"}); }, Throws<InvalidJob>());
  EXPECT_THAT([] { list_payloads({"{}]"}); }, Throws<InvalidJob>());
}

}  // namespace
}  // namespace sosw
