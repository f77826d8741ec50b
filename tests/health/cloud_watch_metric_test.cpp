#include "health/cloud_watch_metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "aws/fake/fake_aws.h"
#include "log_lines.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CloudWatchMetricTest : public ::testing::Test {
 protected:
  struct Fixed final : Clock {
    Time now() override { return Time(1'800'000'300); }
    MonotonicTime monotonic() override { return {}; }
  } clock_;

  CloudWatchMetricTest() {
    const json points = {{1'800'000'240, 4}, {1'800'000'120, 1}, {1'800'000'060, 7}, {1'799'999'000, 100}};
    aws_.control("set", {{"metrics", json::array({{{"namespace", "AWS/RDS"},
                                                   {"name", "CPU"},
                                                   {"dimensions", {{"DB", "orders"}}},
                                                   {"points", points}}})}});
  }

  static std::string details(const json& more = json::object()) {
    json all{{"Namespace", "AWS/RDS"},
             {"MetricName", "CPU"},
             {"Dimensions", json::array({{{"Name", "DB"}, {"Value", "orders"}}})}};
    all.update(more);
    return all.dump();
  }
  std::vector<MetricSource::Reading> read(const std::vector<std::string>& wanted) {
    return metric_.read(wanted);
  }
  double value_of(const json& more) { return read({details(more)}).front().value.value_or(-1); }
  std::string refusal(const std::string& text) {
    try {
      metric_.accepts(text);
      return "none";
    } catch (const InvalidConfig& error) {
      return error.what();
    }
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  CloudWatchMetric metric_{CloudWatch(*session_), clock_};
};

TEST_F(CloudWatchMetricTest, ReducesTheDatapointsByTheirOwnStatistic) {
  EXPECT_EQ(value_of({{"Statistics", {"Average"}}}), 4);
  EXPECT_EQ(value_of({{"Statistics", {"Maximum"}}}), 7);
  EXPECT_EQ(value_of({{"Statistics", {"Minimum"}}}), 1);
  EXPECT_EQ(value_of({{"Statistics", {"Sum"}}}), 12);
  EXPECT_EQ(value_of({{"Statistics", {"SampleCount"}}}), 12);
  EXPECT_EQ(value_of(json::object()), 4);
}

TEST_F(CloudWatchMetricTest, LooksBackAsFarAsEachMetricSaysInOneRequestForEachSpan) {
  const auto readings =
      read({details({{"MetricAggregationTimeSlice", 3600}}), details({{"MetricAggregationTimeSlice", "120"}}),
            details(), details({{"MetricAggregationTimeSlice", 3600}, {"Statistics", {"Maximum"}}})});
  EXPECT_EQ(readings[0].value, 28);
  EXPECT_EQ(readings[1].value, 4);
  EXPECT_EQ(readings[2].value, 4);
  EXPECT_EQ(readings[3].value, 100);
  EXPECT_THAT(aws_.operations(), ElementsAre("GetMetricData", "GetMetricData", "GetMetricData"));
}

TEST_F(CloudWatchMetricTest, HasNoDataWithoutDatapoints) {
  const auto reading = read({details({{"MetricName", "Nothing"}})}).front();
  EXPECT_EQ(reading.value, std::nullopt);
  EXPECT_EQ(reading.problem, "");
}

TEST_F(CloudWatchMetricTest, ReadsOneByOneOnceBatchReadingIsForbidden) {
  const LoggedLines lines;
  aws_.inject("GetMetricData", "forbidden", 1000);
  EXPECT_EQ(value_of(json::object()), 4);
  EXPECT_EQ(value_of(json::object()), 4);
  EXPECT_THAT(aws_.operations(), ElementsAre("GetMetricData", "GetMetricStatistics", "GetMetricStatistics"));
  EXPECT_THAT(lines.text(), HasSubstr("not permitted"));
}

TEST_F(CloudWatchMetricTest, OneRefusedMetricDoesNotAffectTheOthers) {
  aws_.control("set", {{"refused_metrics", {"Odd"}}});
  const auto readings = read({details(), details({{"MetricName", "Odd"}})});
  EXPECT_EQ(readings[0].value, 4);
  EXPECT_EQ(readings[1].value, std::nullopt);
  EXPECT_THAT(readings[1].problem, HasSubstr("CloudWatch, AWS/RDS Odd: "));
  aws_.operations();
  EXPECT_EQ(value_of(json::object()), 4);
  EXPECT_THAT(aws_.operations(), ElementsAre("GetMetricData"));
}

TEST_F(CloudWatchMetricTest, ReportsWhyThereIsNoReadingAndNeverThrows) {
  aws_.inject("*", "throttle", 100);
  const auto readings = read({details(), details({{"Statistics", {"Sum"}}})});
  for (const auto& reading : readings) {
    EXPECT_EQ(reading.value, std::nullopt);
    EXPECT_THAT(reading.problem, HasSubstr("CloudWatch, AWS/RDS CPU: "));
    EXPECT_THAT(reading.problem, HasSubstr("Throttling"));
  }
  EXPECT_THAT(aws_.operations(), Not(Contains("GetMetricStatistics")));
}

TEST_F(CloudWatchMetricTest, RetriesTransientFailures) {
  for (const char* trouble : {"throttle", "cut_before", "error_after"}) {
    aws_.inject("*", trouble, 1);
    EXPECT_EQ(value_of(json::object()), 4) << trouble;
  }
}

TEST_F(CloudWatchMetricTest, AcceptsWhatIsMeantForIt) {
  EXPECT_TRUE(metric_.accepts(details()));
  EXPECT_TRUE(metric_.accepts(details({{"source", "cloudwatch"}, {"Unit", "Percent"}, {"Period", 60}})));
  EXPECT_TRUE(metric_.accepts(R"({"Namespace": "AWS/RDS", "Name": "CPU"})"));
  EXPECT_FALSE(metric_.accepts(details({{"source", "prometheus"}})));
  EXPECT_FALSE(metric_.accepts(R"({"source": "static", "value": 1})"));
  EXPECT_FALSE(metric_.accepts(R"({"value": 1})"));
}

TEST_F(CloudWatchMetricTest, NamesUnusableDetails) {
  EXPECT_THAT(refusal(details({{"Statistic", "Sum"}})), HasSubstr("Statistics"));
  EXPECT_THAT(refusal(details({{"Statistics", {"Sum", "Average"}}})), HasSubstr("Statistics: "));
  EXPECT_THAT(refusal(details({{"Statistics", {"Median"}}})), HasSubstr("one of Average"));
  EXPECT_THAT(refusal(details({{"Period", 90}})), HasSubstr("Period: must be a multiple of 60"));
  EXPECT_THAT(refusal(details({{"MetricAggregationTimeSlice", -5}})),
              HasSubstr("MetricAggregationTimeSlice: must be a whole number"));
  EXPECT_THAT(refusal(details({{"Dimensions", {{"DB", "orders"}}}})), HasSubstr("Dimensions: "));
  EXPECT_THAT(refusal(details({{"Name", "CPU"}})), HasSubstr("another word"));
  EXPECT_THAT(refusal(R"({"source": "cloudwatch", "MetricName": "CPU"})"),
              HasSubstr("Namespace: is missing"));
  EXPECT_THAT(refusal(R"({"Namespace": "AWS/RDS"})"), HasSubstr("MetricName: is missing"));
}

}  // namespace
}  // namespace sosw::aws
