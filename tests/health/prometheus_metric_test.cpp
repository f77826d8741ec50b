#include "health/prometheus_metric.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "http/loopback_server.h"

namespace sosw {
namespace {

using testing::HasSubstr;

std::string prometheus_details(const std::string& url, const std::string& query = "up") {
  return R"({"source":"prometheus","url":")" + url + R"(","query":")" + query + R"("})";
}

MetricSource::Reading reading_of(const std::string& body, int status = 200) {
  LoopbackServer server([&](const auto&) { return http_answer(status, body); });
  const std::string one = prometheus_details(server.url());
  return PrometheusMetric().read({&one, 1}).at(0);
}

std::string success(const std::string& type, const std::string& result) {
  return R"({"status":"success","data":{"resultType":")" + type + R"(","result":)" + result + "}}";
}

std::string sample(const std::string& value) {
  return R"({"metric":{"job":"db"},"value":[1795490346.896,")" + value + R"("]})";
}

std::string vector_of(const std::string& value) { return std::string("[").append(value).append("]"); }

TEST(PrometheusMetric, AsksTheInstantQuery) {
  LoopbackServer server([](const auto&) { return http_answer(200, success("scalar", R"([1,"2"])")); });
  const std::string one = prometheus_details(server.url() + "/prefix/", "avg(up) > 1");
  EXPECT_EQ(PrometheusMetric().read({&one, 1}).at(0).value, 2);
  EXPECT_EQ(server.requests().at(0).target(), "/prefix/api/v1/query?query=avg%28up%29+%3e+1");
}

TEST(PrometheusMetric, ReadsAScalarAndAVectorOfOneSample) {
  EXPECT_EQ(reading_of(success("scalar", R"([1795490346.896,"93.25"])")).value, 93.25);
  EXPECT_EQ(reading_of(success("vector", vector_of(sample("1e-3")))).value, 0.001);
  EXPECT_EQ(reading_of(success("vector", vector_of(sample("-12")))).value, -12);
}

TEST(PrometheusMetric, InfinityIsAValue) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(reading_of(success("vector", vector_of(sample("+Inf")))).value, infinity);
  EXPECT_EQ(reading_of(success("vector", vector_of(sample("-Inf")))).value, -infinity);
}

TEST(PrometheusMetric, AnEmptyVectorAndNaNAreNoDataAndNoProblem) {
  for (const std::string& body : {success("vector", "[]"), success("vector", vector_of(sample("NaN"))),
                                  success("scalar", R"([1,"NaN"])")}) {
    const auto reading = reading_of(body);
    EXPECT_FALSE(reading.value) << body;
    EXPECT_EQ(reading.problem, "") << body;
  }
}

TEST(PrometheusMetric, MoreThanOneSampleIsAProblem) {
  const auto reading = reading_of(success("vector", vector_of(sample("1") + "," + sample("2"))));
  EXPECT_FALSE(reading.value);
  EXPECT_THAT(reading.problem, HasSubstr("gives 2 samples; make one of them, such as with avg(...)"));
}

TEST(PrometheusMetric, OtherShapesAreProblems) {
  EXPECT_THAT(reading_of(success("matrix", "[]")).problem, HasSubstr("gives a matrix"));
  EXPECT_THAT(reading_of(success("string", R"([1,"2"])")).problem, HasSubstr("gives a string"));
  for (const char* body : {"{}", "[]", "5", R"({"status":"success"})", R"({"status":"success","data":[]})",
                           R"({"status":"success","data":{"resultType":"vector","result":5}})",
                           R"({"status":"success","data":{"resultType":7,"result":[]}})"})
    EXPECT_THAT(reading_of(body).problem, HasSubstr("does not answer as Prometheus does")) << body;
  for (const char* result : {"5", "null", "[]", "[1]", "[1,2]", R"([1,""])", R"([1,"x"])", R"([1,"1x"])",
                             R"([1,"+-1"])", R"([1,"2","3"])"}) {
    const auto reading = reading_of(success("scalar", result));
    EXPECT_THAT(reading.problem, HasSubstr("the query gives no number")) << result;
    EXPECT_FALSE(reading.value) << result;
  }
  for (const char* result : {"[5]", R"([{"metric":{},"histogram":[1,{}]}])", R"([[1,"2"]])"})
    EXPECT_THAT(reading_of(success("vector", result)).problem, HasSubstr("gives no number")) << result;
}

TEST(PrometheusMetric, PassesOnWhatPrometheusSaysAgainstTheQuery) {
  const std::string body =
      R"({"status":"error","errorType":"bad_data","error":"parse error:\nunexpected end"})";
  for (const int status : {200, 400}) {
    const auto reading = reading_of(body, status);
    EXPECT_FALSE(reading.value);
    EXPECT_THAT(reading.problem, HasSubstr(R"(refuses the query: "parse error:\nunexpected end")")) << status;
  }
  EXPECT_THAT(reading_of("gateway down", 502).problem, HasSubstr("answers 502"));
  EXPECT_THAT(reading_of(success("scalar", R"([1,"2"])"), 503).problem, HasSubstr("answers 503"));
}

TEST(PrometheusMetric, AsksOnceForTheSameQueryAndOnceForEachOther) {
  LoopbackServer server([](const auto& request) {
    return http_answer(200,
                       success("scalar", request.target().ends_with("=a") ? R"([1,"1"])" : R"([1,"2"])"));
  });
  const std::vector<std::string> all = {prometheus_details(server.url(), "a"),
                                        prometheus_details(server.url(), "b"),
                                        prometheus_details(server.url(), "a")};
  const auto readings = PrometheusMetric().read(all);
  EXPECT_EQ(readings.at(0).value, 1);
  EXPECT_EQ(readings.at(1).value, 2);
  EXPECT_EQ(readings.at(2).value, 1);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(PrometheusMetric, AcceptsOnlyWhatItCanUse) {
  EXPECT_TRUE(PrometheusMetric().accepts(prometheus_details("http://127.0.0.1:9090")));
  EXPECT_FALSE(PrometheusMetric().accepts(R"({"source":"http"})"));
  const auto error_for = [](const char* unusable) -> std::string {
    try {
      PrometheusMetric().accepts(unusable);
    } catch (const InvalidConfig& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(error_for(R"({"source":"prometheus","url":"http://h"})"), "query: is missing");
  EXPECT_EQ(error_for(R"({"source":"prometheus","query":"up"})"), "url: is missing");
  EXPECT_EQ(error_for(R"({"source":"prometheus","url":"http://h","query":5})"), "query: must be text");
  EXPECT_EQ(error_for(R"({"source":"prometheus","url":"http://h","quer":"up"})"),
            "quer: unknown key (did you mean 'query'?)");
}

}  // namespace
}  // namespace sosw
