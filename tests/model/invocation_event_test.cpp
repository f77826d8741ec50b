#include "model/invocation_event.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace sosw {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

Task task_with(std::string payload) {
  Task task;
  task.task_id = "00112233445566aa0000000000000007";
  task.labourer_id = "word_count";
  task.created_at = Time(1795490346.8965256);
  task.greenfield = 600'000'000;
  task.attempts = 0;
  task.payload = std::move(payload);
  return task;
}

json event_of(const std::string& payload) {
  return json::parse(invocation_event(task_with(payload), 1, "aabbccddeeff0011"));
}

TEST(InvocationEvent, HoldsThePayloadsKeysAndTheTasks) {
  EXPECT_EQ(invocation_event(task_with(R"({"a":1})"), 1, "aabbccddeeff0011"),
            R"({"a":1,"task_id":"00112233445566aa0000000000000007","labourer_id":"word_count",)"
            R"("created_at":1795490346.8965256,"greenfield":600000000,"attempts":0,)"
            R"("sosw":{"attempt":1,"token":"aabbccddeeff0011","job_id":"00112233445566aa"}})");
}

TEST(InvocationEvent, KeepsThePayloadsBytes) {
  for (const std::string inside :
       {R"("n":1.50,"big":123456789012345678901234567890,"e":1E+2)", R"(  "spaced"  :  [ 1 , 2 ]  )",
        R"("brace":"}","quote":"\"}","slash":"\\")", R"("nested":{"a":{"b":{}}})", R"("u":"\u00e9é\/")",
        R"("twice":1,"twice":2)", "\"tab\":\"\\t\"\n"}) {
    const std::string event = invocation_event(task_with("{" + inside + "}"), 1, "t");
    EXPECT_THAT(event, StartsWith("{" + inside + ",\"task_id\":"));
    EXPECT_TRUE(json::accept(event)) << event;
  }
}

TEST(InvocationEvent, TakesPayloadsWithoutKeysAndWithSpaceAround) {
  for (const char* payload : {"{}", "{ }", "{\n}", " {} ", "\t{\r\n}\n"}) {
    const json event = event_of(payload);
    EXPECT_EQ(event.size(), 6U) << payload;
    EXPECT_EQ(event.at("attempts"), 0) << payload;
  }
  EXPECT_EQ(event_of(" {\"a\": {}} \n").at("a"), json::object());
}

TEST(InvocationEvent, ItsOwnKeysWinOverThoseOfThePayload) {
  const json event = event_of(R"({"task_id":"other","sosw":{"token":"forged"},"attempts":9})");
  EXPECT_EQ(event.at("task_id"), "00112233445566aa0000000000000007");
  EXPECT_EQ(event.at("sosw").at("token"), "aabbccddeeff0011");
  EXPECT_EQ(event.at("attempts"), 0);
}

TEST(InvocationEvent, PrintsTimesInTheFewestDigitsWithoutAnExponent) {
  const std::pair<Seconds, const char*> cases[] = {{1795490346.8965256, "1795490346.8965256"},
                                                   {1795490346, "1795490346"},
                                                   {1795490346.5, "1795490346.5"},
                                                   {1795490346.1, "1795490346.1"},
                                                   {1795490346.000001, "1795490346.000001"},
                                                   {0, "0"},
                                                   {1795490346896525600, "1795490346896525568"},
                                                   {1e22, "10000000000000000000000"},
                                                   {0.00001, "0.00001"}};
  for (const auto& [time, text] : cases) {
    Task task = task_with("{}");
    task.created_at = Time(time);
    const std::string event = invocation_event(task, 1, "t");
    EXPECT_THAT(event, HasSubstr(std::string(R"("created_at":)") + text + ","));
    EXPECT_EQ(json::parse(event).at("created_at").get<double>(), time);
  }
}

TEST(InvocationEvent, SaysTheAttemptAndTheAttemptsBeforeIt) {
  Task task = task_with("{}");
  task.attempts = 2;
  task.greenfield = -7;
  const json event = json::parse(invocation_event(task, 3, "t"));
  EXPECT_EQ(event.at("attempts"), 2);
  EXPECT_EQ(event.at("sosw").at("attempt"), 3);
  EXPECT_EQ(event.at("greenfield"), -7);
}

TEST(InvocationEvent, ATaskOfAnotherSystemHasNoJob) {
  Task task = task_with("{}");
  task.task_id = "6f0c2a52e8c811ee9a3e0242ac120002";
  EXPECT_EQ(json::parse(invocation_event(task, 1, "t")).at("sosw").at("job_id"), nullptr);
}

TEST(InvocationEvent, EscapesNamesThatJsonWouldNotTake) {
  Task task = task_with("{}");
  task.labourer_id = "odd\"name\\\n\x01é";
  EXPECT_EQ(json::parse(invocation_event(task, 1, "t")).at("labourer_id"), task.labourer_id);
}

}  // namespace
}  // namespace sosw
