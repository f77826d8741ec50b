#include "health/http_json_metric.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "http/loopback_server.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string details(const std::string& url, const std::string& path) {
  return R"({"source":"http","url":")" + url + R"(","path":")" + path + R"("})";
}

MetricSource::Reading read_one(const std::string& details) {
  return HttpJsonMetric().read({&details, 1}).at(0);
}

MetricSource::Reading reading_of(const std::string& body, const std::string& path) {
  LoopbackServer server([&body](const auto&) { return http_answer(200, body); });
  return read_one(details(server.url(), path));
}

std::string error_for(const std::string& details) {
  try {
    HttpJsonMetric().accepts(details);
  } catch (const InvalidConfig& error) {
    return error.what();
  }
  return "";
}

TEST(HttpJsonMetric, FindsTheNumberAtItsPath) {
  const std::string body = R"({"db":{"free":[3,7.5]},"a b":-1e3})";
  EXPECT_EQ(reading_of(body, "db.free.1").value, 7.5);
  EXPECT_EQ(reading_of(body, "db.free.0").value, 3);
  EXPECT_EQ(reading_of(body, "a b").value, -1000);
}

TEST(HttpJsonMetric, TakesTheWholeDocumentWithoutAPath) {
  LoopbackServer server([](const auto&) { return http_answer(200, "42"); });
  const MetricSource::Reading reading = read_one(R"({"source":"http","url":")" + server.url() + "\"}");
  EXPECT_EQ(reading.value, 42);
  EXPECT_EQ(reading.problem, "");
}

TEST(HttpJsonMetric, NullIsNoDataAndNoProblem) {
  const auto reading = reading_of(R"({"free":null})", "free");
  EXPECT_FALSE(reading.value);
  EXPECT_EQ(reading.problem, "");
}

TEST(HttpJsonMetric, SaysWhatIsWrongWithAnAnswer) {
  EXPECT_THAT(reading_of(R"({"db":{}})", "db.free").problem,
              AllOf(HasSubstr("http://127.0.0.1:"), HasSubstr("nothing at 'db.free'")));
  for (const char* path : {"list.2", "list.-1", "list.x", "list.1x", "list..0", "list.0.more"})
    EXPECT_THAT(reading_of(R"({"list":[1,2]})", path).problem, HasSubstr("nothing at")) << path;
  EXPECT_THAT(reading_of(R"({"free":"12"})", "free").problem, HasSubstr("at 'free' is no number"));
  EXPECT_THAT(reading_of(R"({"free":true})", "free").problem, HasSubstr("is no number"));
  EXPECT_THAT(reading_of("[]", "").problem, HasSubstr("give the `path`"));
  EXPECT_THAT(reading_of("<html>", "free").problem, HasSubstr("not valid JSON"));
  EXPECT_THAT(reading_of("", "free").problem, HasSubstr("not valid JSON"));
  EXPECT_THAT(reading_of("1e999", "").problem, HasSubstr("too large"));
}

TEST(HttpJsonMetric, AnErrorStatusIsAProblemWhateverTheBody) {
  LoopbackServer server([](const auto&) { return http_answer(500, R"({"free":1})"); });
  const auto reading = read_one(details(server.url(), "free"));
  EXPECT_FALSE(reading.value);
  EXPECT_EQ(reading.problem, server.url() + "/: answers 500");
}

TEST(HttpJsonMetric, DoesNotShowTheSecretsOfItsUrl) {
  LoopbackServer server([](const auto&) { return http_answer(403, ""); });
  const std::string url = "http://me:hush@" + server.url().substr(7) + "/x?token=hush";
  const auto problem = read_one(details(url, "free")).problem;
  EXPECT_THAT(problem, AllOf(HasSubstr("/x: answers 403"), Not(HasSubstr("hush"))));
  EXPECT_THAT(server.requests().at(0).head, HasSubstr("Authorization: Basic"));
}

TEST(HttpJsonMetric, AsksOnceForDetailsThatDifferOnlyInTheirPath) {
  LoopbackServer server([](const auto&) { return http_answer(200, R"({"a":1,"b":2})"); });
  const std::vector<std::string> all = {details(server.url(), "a"), details(server.url() + "/other", "a"),
                                        details(server.url(), "b"), details(server.url(), "c")};
  const auto readings = HttpJsonMetric().read(all);
  ASSERT_EQ(readings.size(), 4U);
  EXPECT_EQ(readings[0].value, 1);
  EXPECT_EQ(readings[1].value, 1);
  EXPECT_EQ(readings[2].value, 2);
  EXPECT_FALSE(readings[3].value);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(HttpJsonMetric, AsksAgainWithOtherHeaders) {
  LoopbackServer server([](const auto& request) {
    return http_answer(200, request.head.find("X-Tenant: 7") == std::string::npos ? "1" : "7");
  });
  const std::string plain = R"({"source":"http","url":")" + server.url() + R"(")";
  const std::vector<std::string> all = {plain + "}", plain + R"(,"headers":{"X-Tenant":"7"}})"};
  const auto readings = HttpJsonMetric().read(all);
  EXPECT_EQ(readings.at(0).value, 1);
  EXPECT_EQ(readings.at(1).value, 7);
}

TEST(HttpJsonMetric, AnUnreachableServerAffectsOnlyItsMetric) {
  LoopbackServer server([](const auto&) { return http_answer(200, R"({"a":1})"); });
  const std::string nobody = url_of_nobody();
  const std::vector<std::string> all = {details(nobody, "a"), details(server.url(), "a")};
  const auto readings = HttpJsonMetric().read(all);
  EXPECT_EQ(readings.at(0).problem, nobody + "/: Couldn't connect to server");
  EXPECT_EQ(readings.at(1).value, 1);
}

TEST(HttpJsonMetric, AcceptsOnlyItsOwnSource) {
  EXPECT_TRUE(HttpJsonMetric().accepts(R"({"source":"http","url":"http://127.0.0.1:1","headers":{"A":""}})"));
  EXPECT_FALSE(HttpJsonMetric().accepts(R"({"source":"prometheus","url":5})"));
  EXPECT_FALSE(HttpJsonMetric().accepts(R"({"Namespace":"AWS/RDS"})"));
}

TEST(HttpJsonMetric, RefusesDetailsThatItCannotUse) {
  EXPECT_EQ(error_for(R"({"source":"http"})"), "url: is missing");
  EXPECT_EQ(error_for(R"({"source":"http","url":5})"), "url: must be text");
  EXPECT_THAT(error_for(R"({"source":"http","url":"ftp://h/"})"), HasSubstr("must be an http or https URL"));
  EXPECT_EQ(error_for(R"({"source":"http","url":"http://h","pth":"a"})"),
            "pth: unknown key (did you mean 'path'?)");
  EXPECT_EQ(error_for(R"({"source":"http","url":"http://h","path":["a"]})"), "path: must be text");
  EXPECT_THAT(error_for(R"({"source":"http","url":"http://h","headers":"A: b"})"), HasSubstr("headers: "));
  for (const char* headers : {R"({"A":5})", R"({"":"x"})", R"({"A b":"x"})", R"({"A:":"x"})",
                              R"({"A":"x\r\nInjected: y"})", R"({"A\n":"x"})"})
    EXPECT_THAT(error_for(R"({"source":"http","url":"http://h","headers":)" + std::string(headers) + "}"),
                HasSubstr("must be a header's name and its text"))
        << headers;
}

}  // namespace
}  // namespace sosw
