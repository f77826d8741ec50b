#include "job/chunker.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "sosw/model/errors.h"

#include "job/job_json.h"
#include "job/refusal.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const JobSchema kWords({"word"});
const JobSchema kShops({"section", "store"});

Chunker make_chunker(std::string_view job, const JobSchema& schema = kWords) {
  return {job_json(job), schema, "2026-11-24", "worker"};
}

std::vector<std::string> payloads(std::string_view job, const JobSchema& schema = kWords) {
  Chunker chunker = make_chunker(job, schema);
  std::vector<std::string> all;
  for (std::string payload; chunker.next_payload(payload);) all.push_back(payload);
  EXPECT_EQ(chunker.count(), static_cast<std::int64_t>(all.size()));
  return all;
}

std::string refusal(std::string_view job, const JobSchema& schema = kWords) {
  return refusal_of<InvalidJob>([&] { make_chunker(job, schema); });
}

TEST(Chunker, KeepsTheBytesOfNumbersAndText) {
  EXPECT_THAT(
      payloads(
          R"({"isolate_word": true, "n": [1.10, 1e5, -0, 12345678901234567890123], "word": ["\u00e9", "é", 1.0]})"),
      ElementsAre(R"({"isolate_word":true,"n":[1.10,1e5,-0,12345678901234567890123],"words":["\u00e9"]})",
                  R"({"isolate_word":true,"n":[1.10,1e5,-0,12345678901234567890123],"words":["é"]})",
                  R"({"isolate_word":true,"n":[1.10,1e5,-0,12345678901234567890123],"words":[1.0]})"));
}

TEST(Chunker, KeepsTheBytesOfNamesThatBecomeValues) {
  EXPECT_THAT(payloads(R"({"max_words_per_batch": 2, "words": {"\u00e9": null, "\"": null, "3": null}})"),
              ElementsAre(R"({"max_words_per_batch":2,"words":["\u00e9","\""]})",
                          R"({"max_words_per_batch":2,"words":["3"]})"));
}

TEST(Chunker, WritesATaskOnOneLine) {
  EXPECT_THAT(payloads("{\n  \"words\": [1,\r\n\t2],\n  \"text\": \"a  b\"\n}\n"),
              ElementsAre(R"({"words":[1,2],"text":"a  b"})"));
}

TEST(Chunker, TakesTheLastOfEqualKeys) {
  EXPECT_THAT(payloads(R"({"a": 1, "words": 1, "b": {"c": 1, "\u0063": 2}, "w\u006frds": [2], "a": 3})"),
              ElementsAre(R"({"b":{"\u0063":2},"w\u006frds":[2],"a":3})"));
}

TEST(Chunker, TakesTheLastOfSeveralKeysThatComeTwice) {
  EXPECT_THAT(payloads(R"({"b": 1, "a": 1, "c": 0, "a": 2, "b": 2})"), ElementsAre(R"({"c":0,"a":2,"b":2})"));
}

TEST(Chunker, InnerKeysWinOverOuterOnes) {
  EXPECT_THAT(payloads(R"({"isolate_stores": 1, "a": 1, "store": [9], "sections": {"x": {"stores": [1, 2]},
                           "y": {"a": 2}}})",
                       kShops),
              ElementsAre(R"({"isolate_stores":1,"a":1,"sections":["x"],"stores":[1]})",
                          R"({"isolate_stores":1,"a":1,"sections":["x"],"stores":[2]})",
                          R"({"isolate_stores":1,"store":[9],"sections":["y"],"a":2})"));
}

TEST(Chunker, UnderstandsKeysHoweverTheyAreEscaped) {
  EXPECT_EQ(payloads(R"({"is\u006flate_word": true, "w\u006frd": [1, 2]})").size(), 2U);
  EXPECT_THAT(payloads(R"({"isolate_section": 1, "a": 1, "sections": {"x": {"\u0061": 2}}})", kShops),
              ElementsAre(R"({"isolate_section":1,"sections":["x"],"\u0061":2})"));
}

TEST(Chunker, TakesSingularForPlural) {
  EXPECT_THAT(payloads(R"({"max_word_per_batch": 2, "word": ["a", "b", "c"]})"),
              ElementsAre(R"({"max_word_per_batch":2,"words":["a","b"]})",
                          R"({"max_word_per_batch":2,"words":["c"]})"));
  EXPECT_THAT(payloads(R"({"isolate_words": true, "word": "a"})"),
              ElementsAre(R"({"isolate_words":true,"words":["a"]})"));
  EXPECT_THAT(
      payloads(R"({"isolate_sections": true, "store": 1, "section": {"x": {"stores": [2]}}})", kShops),
      ElementsAre(R"({"isolate_sections":true,"sections":["x"],"stores":[2]})"))
      << "the inner stores are those of the outer store";
  EXPECT_THAT(refusal(R"({"word": 1, "words": 2})"), HasSubstr("word and words"));
}

TEST(Chunker, TakesAListOfObjects) {
  EXPECT_THAT(
      payloads(R"({"isolate_stores": 1, "sections": [{"a": {"stores": [1, 2]}}, {"b": null}, "c"]})", kShops),
      ElementsAre(R"({"isolate_stores":1,"sections":["a"],"stores":[1]})",
                  R"({"isolate_stores":1,"sections":["a"],"stores":[2]})",
                  R"({"isolate_stores":1,"sections":["b"]})", R"({"isolate_stores":1,"sections":["c"]})"));
  EXPECT_THAT(payloads(R"({"max_words_per_batch": 2, "words": [{"a": null, "b": null}, {"c": null}]})"),
              ElementsAre(R"({"max_words_per_batch":2,"words":["a","b"]})",
                          R"({"max_words_per_batch":2,"words":["c"]})"));
}

TEST(Chunker, MakesOneTaskOfAScopeWithoutValues) {
  for (const char* nothing : {"[]", "{}", "null", "[{}]"})
    EXPECT_EQ(payloads(fmt::format(R"({{"isolate_words":true,"words":{}}})", nothing)),
              std::vector<std::string>{fmt::format(R"({{"isolate_words":true,"words":{}}})", nothing)});
  EXPECT_THAT(payloads(R"({"isolate_words": true})"), ElementsAre(R"({"isolate_words":true})"));
  EXPECT_THAT(payloads("{}"), ElementsAre("{}"));
}

TEST(Chunker, ChunksByDaysWithoutAnyAttribute) {
  EXPECT_THAT(payloads(R"({"period": "last_2_days", "isolate_days": true, "a": 1})", JobSchema()),
              ElementsAre(R"({"a":1,"date_list":["2026-11-22"]})", R"({"a":1,"date_list":["2026-11-23"]})"));
  EXPECT_THAT(payloads(R"({"period": "last_2_days", "a": 1})", JobSchema()),
              ElementsAre(R"({"period":"last_2_days","a":1})"))
      << "nothing is to be cut, so the worker gets the period";
}

TEST(Chunker, ChunksTheDaysThatAJobLists) {
  EXPECT_THAT(payloads(R"({"date_list": ["2026-11-01", "2026-11-02"], "isolate_days": true})"),
              ElementsAre(R"({"date_list":["2026-11-01"]})", R"({"date_list":["2026-11-02"]})"));
  EXPECT_THAT(payloads(R"({"isolate_days": true, "a": 1})"), ElementsAre(R"({"a":1})"));
  EXPECT_THAT(refusal(R"({"date_list": ["2026-11-01"], "period": "today", "isolate_days": true})"),
              HasSubstr("period and date_list"));
}

TEST(Chunker, RefusesABatchSizeThatIsNotAPositiveInteger) {
  for (const char* batch : {"0", "-1", "1.5", "\"2\"", "true", "null", "[]"})
    EXPECT_THAT(refusal(fmt::format(R"({{"max_words_per_batch": {}, "words": [1]}})", batch)),
                AllOf(HasSubstr("max_words_per_batch"), HasSubstr("whole number"), HasSubstr(batch)));
  EXPECT_EQ(payloads(R"({"max_words_per_batch": 2.0, "words": [1, 2, 3]})").size(), 2U);
  EXPECT_EQ(payloads(R"({"max_words_per_batch": 100000000000000000000, "words": [1, 2]})").size(), 1U);
  EXPECT_THAT(refusal(R"({"sections": {"a": {"max_stores_per_batch": 0}}})", kShops),
              HasSubstr("max_stores_per_batch"));
}

TEST(Chunker, RefusesInvalidSubJobs) {
  EXPECT_THAT(refusal(R"({"isolate_sections": 1, "sections": {"a": {}, "b": 5}})", kShops),
              AllOf(HasSubstr("sections.b"), HasSubstr("got 5")));
  EXPECT_THAT(refusal(R"({"isolate_words": 1, "words": [["a"]]})"), HasSubstr("words"));
}

TEST(Chunker, RefusesTheNamesOfATaskWhereverTheyWouldReachIt) {
  for (const std::string name :
       {"task_id", "labourer_id", "created_at", "greenfield", "attempts", "completed_at", "sosw"}) {
    const std::string own = fmt::format(R"({{"{}": 5}})", name);
    EXPECT_THAT(refusal(own), HasSubstr(name));
    EXPECT_THAT(refusal(fmt::format(R"({{"payload": {}}})", own)), HasSubstr("payload." + name));
    EXPECT_THAT(refusal(fmt::format(R"({{"isolate_words": 1, "words": {{"a": {}}}}})", own)),
                HasSubstr(name));
    EXPECT_EQ(payloads(fmt::format(R"({{"deeper": {}}})", own)).size(), 1U) << "it is hidden in another key";
  }
}

TEST(Chunker, AcceptsItsOwnLabourerIdAndShowsItToPeopleOnly) {
  Chunker chunker = make_chunker(R"({"labourer_id": "worker", "a": 1})");
  std::string task;
  ASSERT_TRUE(chunker.next_task(task));
  EXPECT_EQ(task, R"({"labourer_id":"worker","a":1})");
  EXPECT_THAT(payloads(R"({"labourer_id": "worker", "a": 1})"), ElementsAre(R"({"a":1})"));
}

TEST(Chunker, ControlKeysAreNotPassedToWorkers) {
  EXPECT_THAT(payloads(R"({"lambda_name": "worker", "job_schema_name": "x", "idempotency_key": "k",
                           "delay_seconds": 1, "run_at": 1, "priority": "high", "on_complete": {}, "a": 1,
                           "isolate_words": 1, "words": {"w": {"priority": "of the work"}}})"),
              ElementsAre(R"({"a":1,"isolate_words":1,"words":["w"],"priority":"of the work"})"));
}

TEST(Chunker, MergesThePayloadUnderTheJobsOwnKeys) {
  EXPECT_THAT(payloads(R"({"isolate_words": 1, "words": [1, 2], "a": 1,
                           "payload": {"a": 2, "words": 3, "b": 1.10, "payload": 7}})"),
              ElementsAre(R"({"isolate_words":1,"a":1,"b":1.10,"payload":7,"words":[1]})",
                          R"({"isolate_words":1,"a":1,"b":1.10,"payload":7,"words":[2]})"));
  EXPECT_THAT(payloads(R"({"payload": " {\"a\": 1.0, \"a\": 2.0} "})"), ElementsAre(R"({"a":2.0})"));
  for (const char* kept : {"null", "5", "[1,2]", "\"plain\"", R"("[1]")", R"("{\"a\": ")"})
    EXPECT_EQ(payloads(fmt::format(R"({{"payload":{}}})", kept)),
              std::vector<std::string>{fmt::format(R"({{"payload":{}}})", kept)});
}

TEST(Chunker, TakesThePayloadOfEachSubJob) {
  EXPECT_THAT(
      payloads(R"({"isolate_words": 1, "payload": {"p": 0},
                           "words": {"a": {"payload": {"p": 1}}, "b": null, "c": {"payload": 5}}})"),
      ElementsAre(R"({"isolate_words":1,"words":["a"],"p":1})", R"({"isolate_words":1,"p":0,"words":["b"]})",
                  R"({"isolate_words":1,"words":["c"],"payload":5})"));
}

TEST(Chunker, ShowsPeopleThePayloadBeforeTheMerge) {
  Chunker chunker = make_chunker(R"({"payload": {"a": 1}})");
  std::string task;
  ASSERT_TRUE(chunker.next_task(task));
  EXPECT_EQ(task, R"({"labourer_id":"worker","payload":{"a":1}})");
}

TEST(Chunker, MayAlternateBetweenPayloadsAndTasks) {
  Chunker chunker = make_chunker(R"({"isolate_words": 1, "words": [1, 2, 3]})");
  std::string text;
  chunker.next_payload(text);
  EXPECT_EQ(text, R"({"isolate_words":1,"words":[1]})");
  chunker.next_task(text);
  EXPECT_EQ(text, R"({"labourer_id":"worker","isolate_words":1,"words":[2]})");
  chunker.next_payload(text);
  EXPECT_EQ(text, R"({"isolate_words":1,"words":[3]})");
  EXPECT_EQ(chunker.index(), 3);
}

TEST(Chunker, SkipsMillionsOfTasks) {
  std::string job =
      R"({"isolate_words": true, "period": "last_10000_days", "isolate_days": true, "words": [0)";
  for (int i = 1; i < 1000; ++i) job += fmt::format(",{}", i);
  Chunker chunker = make_chunker(job + "]}");
  EXPECT_EQ(chunker.count(), 10'000'000);
  std::string payload;
  chunker.skip_to(9'999'998);
  ASSERT_TRUE(chunker.next_payload(payload));
  EXPECT_EQ(payload, R"({"isolate_words":true,"date_list":["2026-11-23"],"words":[998]})");
  ASSERT_TRUE(chunker.next_payload(payload));
  EXPECT_FALSE(chunker.next_payload(payload));
  chunker.skip_to(0);
  ASSERT_TRUE(chunker.next_payload(payload));
  EXPECT_EQ(payload, R"({"isolate_words":true,"date_list":["1999-07-09"],"words":[0]})");
}

TEST(Chunker, CanBeMoved) {
  Chunker chunker =
      make_chunker(R"({"isolate_sections": 1, "sections": {"a": {"stores": [1]}, "b": null}})", kShops);
  std::string payload;
  chunker.next_payload(payload);
  Chunker moved = std::move(chunker);
  ASSERT_TRUE(moved.next_payload(payload));
  EXPECT_EQ(payload, R"({"isolate_sections":1,"sections":["b"]})");
}

TEST(Chunker, SaysWhereAJobIsNotValidJson) {
  EXPECT_THAT(refusal("{\"a\": 1,\n  b}"), AllOf(HasSubstr("line 2, column 3"), HasSubstr("JSON")));
  EXPECT_THAT(refusal(""), HasSubstr("JSON"));
  EXPECT_THAT(refusal("[1]"), HasSubstr("must be a JSON object, got [1]"));
  EXPECT_LT(refusal("{\"a\": \"" + std::string(100'000, 'x')).size(), 300U);
}

TEST(Chunker, RefusesNestingThatWouldExhaustTheStack) {
  const auto nested = [](int levels) {
    return R"({"a": )" + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']') + "}";
  };
  EXPECT_EQ(payloads(nested(150)).size(), 1U);
  EXPECT_THAT(refusal(nested(1'000'000)), HasSubstr("nested deeper"));
}

}  // namespace
}  // namespace sosw
