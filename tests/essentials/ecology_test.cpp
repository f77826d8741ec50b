#include "essentials/ecology.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "config/parse_settings.h"
#include "essentials/doubles.h"
#include "essentials/essentials_fixture.h"
#include "health/static_metric.h"
#include "log_lines.h"
#include "text/json.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string metric(const std::string& name, const std::string& details, const std::string& more = "") {
  return "\"" + name + R"(":{"details":)" + details +
         R"(,"feelings":{"1":90,"2":70,"4":10},"feeling_comparison_operator":"le")" + more + "}";
}

Settings settings_with(const std::string& metrics_of_a, const std::string& metrics_of_b = "") {
  return parse_settings(Json::parse(R"({"labourers":{"a":{"health_metrics":{)" + metrics_of_a +
                                    R"(}},"b":{"health_metrics":{)" + metrics_of_b + "}}}}"));
}

constexpr auto kDb = R"({"source":"board","name":"db"})";
constexpr auto kApi = R"({"source":"board","name":"api"})";

TEST(Ecology, WithoutMetricsIsHigh) {
  const Settings settings = settings_with("");
  Ecology ecology(settings, {});
  ecology.refresh();
  EXPECT_FALSE(ecology.has_metrics());
  const Condition condition = ecology.condition(settings.labourers.at("a"));
  EXPECT_EQ(condition.health, Health::high);
  EXPECT_EQ(condition.reason, "");
}

TEST(Ecology, IsTheWorstOfTheMetricsAndSaysWhich) {
  MetricBoard board;
  const Settings settings = settings_with(metric("db", kDb) + "," + metric("api", kApi));
  Ecology ecology(settings, {&board});
  const auto health_with = [&](double db, double api) {
    board.readings[kDb].value = db;
    board.readings[kApi].value = api;
    ecology.refresh();
    return ecology.condition(settings.labourers.at("a"));
  };
  EXPECT_EQ(health_with(5, 5).health, Health::high);
  EXPECT_EQ(health_with(60, 5).health, Health::moderate);
  EXPECT_EQ(health_with(60, 5).reason, "db feels Moderate (60)");
  EXPECT_EQ(health_with(60, 85).reason, "api feels Poor (85)");
  EXPECT_EQ(health_with(91, 85).health, Health::bad);
}

TEST(Ecology, AsksForTheSameMetricOnceHoweverManyShareIt) {
  MetricBoard board;
  const Settings settings =
      settings_with(metric("db", kDb) + "," + metric("again", kDb), metric("mine", kDb));
  Ecology ecology(settings, {&board});
  board.readings[kDb].value = 85;
  ecology.refresh();
  EXPECT_THAT(board.asked, ElementsAre(kDb));
  EXPECT_EQ(ecology.condition(settings.labourers.at("b")).reason, "mine feels Poor (85)");
}

TEST(Ecology, AMetricWithoutDataIsIgnoredUnlessConfigured) {
  MetricBoard board;
  const Settings settings = settings_with(metric("db", kDb), metric("db", kDb, R"(,"when_no_data":1)"));
  Ecology ecology(settings, {&board});
  for (int round = 0; round < 2; ++round) {  // before and after it was first asked for
    EXPECT_EQ(ecology.condition(settings.labourers.at("a")).health, Health::high);
    const Condition told = ecology.condition(settings.labourers.at("b"));
    EXPECT_EQ(told.health, Health::poor);
    EXPECT_EQ(told.reason, "db has no data");
    ecology.refresh();
  }
}

TEST(Ecology, AMetricWithoutDataDoesNotHideTheOthers) {
  MetricBoard board;
  const LoggedLines log;
  const Settings settings = settings_with(metric("db", kDb) + "," + metric("api", kApi));
  Ecology ecology(settings, {&board});
  board.readings[kDb].problem = "no answer within 5 s";
  board.readings[kApi].value = 85;
  ecology.refresh();
  EXPECT_EQ(ecology.condition(settings.labourers.at("a")).health, Health::poor);
}

TEST(Ecology, LogsAProblemOnceForAsLongAsItLasts) {
  MetricBoard board;
  const LoggedLines log;
  const Settings settings = settings_with(metric("db", kDb));
  Ecology ecology(settings, {&board});
  const auto refresh_with = [&](const MetricSource::Reading& reading) {
    board.readings[kDb] = reading;
    ecology.refresh();
    ecology.refresh();
  };
  refresh_with({std::nullopt, "no answer"});
  refresh_with({std::nullopt, "answers 500"});
  refresh_with({5, ""});
  refresh_with({std::nullopt, "no answer"});
  const std::string text = log.text();
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_THAT(text, AllOf(HasSubstr("no answer"), HasSubstr("answers 500")));
}

TEST(Ecology, ReadsEachMetricFromItsOwnSource) {
  MetricBoard board;
  StaticMetric fixed;
  const Settings settings =
      settings_with(metric("db", kDb), metric("fixed", R"({"source":"static","value":85})"));
  Ecology ecology(settings, {&fixed, &board});
  board.readings[kDb].value = 1;
  ecology.refresh();
  EXPECT_EQ(ecology.condition(settings.labourers.at("a")).health, Health::high);
  EXPECT_EQ(ecology.condition(settings.labourers.at("b")).reason, "fixed feels Poor (85)");
}

TEST(Ecology, RefusesDetailsThatNoSourceAccepts) {
  StaticMetric fixed;
  const auto error_for = [&](const std::string& details) -> std::string {
    try {
      const Ecology ecology(settings_with(metric("m", details)), {&fixed});
    } catch (const InvalidConfig& error) {
      return error.what();
    }
    return "";
  };
  const std::string path = "labourers.a.health_metrics.m.details: ";
  EXPECT_THAT(error_for(R"({"Namespace":"AWS/RDS"})"), HasSubstr(path + "no metric source here"));
  EXPECT_EQ(error_for(R"({"source":"static"})"), path + "value: must be a number");
  EXPECT_EQ(error_for(R"({"source":"static","value":"3"})"), path + "value: must be a number");
  EXPECT_EQ(error_for(R"({"source":"static","value":3,"vlue":3})"),
            path + "vlue: unknown key (did you mean 'value'?)");
  EXPECT_EQ(error_for(R"({"source":"static","value":3.5})"), "");
}

TEST(Orchestrator, ALimitOfZeroInvokesNothing) {
  EssentialsFixture fixture(R"({"labourers": {"a": {"max_simultaneous_invocations": 0}}})");
  fixture.schedule(R"({"lambda_name":"a"})");
  EXPECT_EQ(fixture.orchestrator->run().at("a").invoked, 0);
}

}  // namespace
}  // namespace sosw
