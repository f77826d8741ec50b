#include "job/job_request.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "job/refusal.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A job with one more key.
JobRequest with(std::string_view key, std::string_view value) {
  return parse_job_request(fmt::format(R"({{"lambda_name": "f", "{}": {}}})", key, value));
}

std::string request_refusal(std::string_view event) {
  return refusal_of<InvalidJob>([&] { parse_job_request(event); });
}

std::string refusal_with(std::string_view key, std::string_view value) {
  return refusal_of<InvalidJob>([&] { with(key, value); });
}

TEST(JobRequest, IsAJobOrAnEventWithAJobAsObjectOrText) {
  for (const char* event :
       {R"({"lambda_name": "f", "n": 1.0})", R"("{\"lambda_name\": \"f\", \"n\": 1.0}")",
        R"({"job": {"lambda_name": "f", "n": 1.0}})", R"({"job": "{\"lambda_name\": \"f\", \"n\": 1.0}"})",
        R"("{\"job\": \"{\\\"lambda_name\\\": \\\"f\\\", \\\"n\\\": 1.0}\"}")"}) {
    const JobRequest request = parse_job_request(event);
    EXPECT_EQ(request.labourer, "f") << event;
    EXPECT_EQ(request.document, R"({"lambda_name":"f","n":1.0})") << event;
  }
}

TEST(JobRequest, ReadsControlKeysBesideTheJobToo) {
  const JobRequest request =
      parse_job_request(R"({"lambda_name": "f", "priority": "low", "job": {"priority": "high", "n": 1}})");
  EXPECT_EQ(request.labourer, "f");
  EXPECT_EQ(request.priority, Priority::high) << "the job's own word counts";
  EXPECT_EQ(request.document, R"({"priority":"high","n":1})");
}

TEST(JobRequest, NamesTheLabourerByNameOrArn) {
  for (const char* name :
       {"resize", "resize:LIVE", "arn:aws:lambda:us-west-2:123456789012:function:resize",
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:resize:3", "123456789012:function:resize"})
    EXPECT_EQ(parse_job_request(fmt::format(R"({{"lambda_name": "{}"}})", name)).labourer, "resize");
}

TEST(JobRequest, MustNameALabourer) {
  EXPECT_THAT(request_refusal("{}"), AllOf(HasSubstr("lambda_name"), HasSubstr("name the labourer")));
  EXPECT_THAT(request_refusal(R"({"lambda_name": null})"), HasSubstr("name the labourer"));
  EXPECT_THAT(request_refusal(R"({"lambda_name": 5})"), AllOf(HasSubstr("lambda_name"), HasSubstr("got 5")));
  EXPECT_THAT(request_refusal(R"({"lambda_name": ""})"), HasSubstr("lambda_name"));
  EXPECT_THAT(request_refusal(R"({"lambda_name": "arn:aws:sns:us-west-2:123456789012:t"})"),
              HasSubstr("ARN"));
  EXPECT_EQ(parse_job_request("{}", "someone").labourer, "someone");
  EXPECT_EQ(parse_job_request(R"({"lambda_name": "f"})", "someone").labourer, "f");
}

TEST(JobRequest, HasDefaults) {
  const JobRequest request = parse_job_request(R"({"lambda_name": "f", "run_at": null, "priority": null})");
  EXPECT_EQ(request.schema_name, "default");
  EXPECT_EQ(request.priority, Priority::normal);
  EXPECT_FALSE(request.idempotency_key || request.delay || request.run_at);
  EXPECT_FALSE(request.on_complete);
}

TEST(JobRequest, NamesASchema) {
  EXPECT_EQ(with("job_schema_name", R"("by_store")").schema_name, "by_store");
  EXPECT_THAT(refusal_with("job_schema_name", "[]"), HasSubstr("job_schema_name: must be text"));
}

TEST(JobRequest, HasAnIdempotencyKeyOfText) {
  EXPECT_EQ(with("idempotency_key", R"("\u0061b")").idempotency_key, "ab");
  EXPECT_THAT(refusal_with("idempotency_key", R"("")"), HasSubstr("idempotency_key: must be text"));
  EXPECT_THAT(refusal_with("idempotency_key", "17"), HasSubstr("got 17"));
}

TEST(JobRequest, HasAPriority) {
  EXPECT_EQ(with("priority", R"("high")").priority, Priority::high);
  EXPECT_THAT(refusal_with("priority", R"("urgent")"), AllOf(HasSubstr("priority"), HasSubstr("urgent")));
  EXPECT_THAT(refusal_with("priority", "1"), HasSubstr("\"high\", \"normal\" or \"low\""));
}

TEST(JobRequest, WaitsForSomeSeconds) {
  EXPECT_EQ(with("delay_seconds", "1.5").delay, 1.5);
  EXPECT_EQ(with("delay_seconds", "0").delay, 0);
  for (const char* delay : {"-1", "\"5\"", "true", "1e300"})
    EXPECT_THAT(refusal_with("delay_seconds", delay), AllOf(HasSubstr("delay_seconds"), HasSubstr(delay)));
}

TEST(JobRequest, WaitsUntilATime) {
  for (const char* moment :
       {"1801382400", "1801382400.0", R"("2027-01-31T08:00:00Z")", R"("2027-01-31T08:00Z")",
        R"("2027-01-31 10:00:00.000+02:00")", R"("2027-01-31T02:30:00-0530")", R"("2027-01-31T09:00:00+01")"})
    EXPECT_EQ(with("run_at", moment).run_at, Time(1801382400)) << moment;
  EXPECT_EQ(with("run_at", R"("1970-01-01T00:00:00.25Z")").run_at, Time(0.25));
  for (const char* moment :
       {"-1", "1801382400000", "true", R"("2027-01-31T08:00:00")", R"("2027-01-31")",
        R"("2027-02-30T08:00:00Z")", R"("2027-01-31T24:00:00Z")", R"("2027-01-31T08:60:00Z")",
        R"("2027-01-31T08:00:00.Z")", R"("2027-01-31T08:00:00Zzz")", R"("2027-01-31T08:00:00+1")",
        R"("2027-01-31T08:00:00+01:0")", R"("soon")"})
    EXPECT_THAT(refusal_with("run_at", moment), AllOf(HasSubstr("run_at"), HasSubstr("zone"))) << moment;
}

TEST(JobRequest, AllowsOneKindOfDelayOnly) {
  EXPECT_THAT(request_refusal(R"({"lambda_name": "f", "delay_seconds": 1, "run_at": 1})"),
              HasSubstr("delay_seconds and run_at"));
}

TEST(JobRequest, CallsSomeoneWhenComplete) {
  EXPECT_EQ(with("on_complete", R"({ "labourer": "g" })").on_complete.value().to_json(),
            R"({"labourer":"g"})");
  EXPECT_EQ(with("on_complete", R"({"topic": "t"})").on_complete.value().to_json(), R"({"topic":"t"})");
  EXPECT_EQ(with("on_complete", R"({"webhook": "https://x/y?z"})").on_complete.value().to_json(),
            R"({"webhook":"https://x/y?z"})");
  for (const char* call : {"{}", "5", R"({"email": "x"})", R"({"labourer": "g", "topic": "t"})"})
    EXPECT_THAT(refusal_with("on_complete", call), HasSubstr("one of the keys labourer, topic and webhook"));
  EXPECT_THAT(refusal_with("on_complete", R"({"topic": 5})"), HasSubstr("on_complete.topic"));
  for (const char* address : {R"("ftp://x")", R"("https://")", R"("http:///x")", R"("http://a b")", R"("x")"})
    EXPECT_THAT(refusal_with("on_complete", fmt::format(R"({{"webhook": {}}})", address)),
                HasSubstr("http:// or https://"));
}

TEST(JobRequest, ReportsInvalidJobs) {
  EXPECT_THAT(request_refusal("{"), HasSubstr("JSON"));
  EXPECT_THAT(request_refusal("[]"), HasSubstr("got []"));
  EXPECT_THAT(request_refusal(R"("hello")"),
              AllOf(HasSubstr("the job: text that is not valid JSON"), HasSubstr("line 1")));
  EXPECT_THAT(request_refusal(R"({"job": 5})"),
              HasSubstr("job: must be a JSON object or text of one, got 5"));
}

TEST(JobRequest, TruncatesWhatItShows) {
  const std::string long_text = "\"" + std::string(70, 'x') + std::string(10'000, 'y') + "\"";
  EXPECT_LT(refusal_with("priority", long_text).size(), 150U);
  std::string umlauts = "\"";
  for (int i = 0; i < 100; ++i) umlauts += "ü";
  EXPECT_THAT(refusal_with("priority", umlauts + '"'), HasSubstr("ü..."));
}

}  // namespace
}  // namespace sosw
