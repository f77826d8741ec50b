#include "essentials/settings.h"

#include <fstream>

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "config/parse_settings.h"
#include "log_lines.h"
#include "text/json.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string error_for(const std::string& config) {
  try {
    parse_settings(Json::parse(config));
  } catch (const InvalidConfig& error) {
    return error.what();
  }
  return "";
}

std::string with_labourer(const std::string& settings) { return R"({"labourers":{"a":)" + settings + "}}"; }

Labourer labourer_from(const std::string& settings) {
  return parse_settings(Json::parse(with_labourer(settings))).labourers.at("a");
}

TEST(Settings, HaveDefaults) {
  const Labourer labourer = labourer_from("{}");
  EXPECT_EQ(labourer.id, "a");
  EXPECT_EQ(labourer.max_simultaneous_invocations, 1);
  EXPECT_EQ(labourer.max_attempts, 3);
  EXPECT_EQ(labourer.duration, 900);
  EXPECT_EQ(labourer.cooldown, 300);
  EXPECT_EQ(labourer.retry.kind, RetryPolicy::Kind::exponential);
  const Settings settings = parse_settings(Json::object());
  EXPECT_TRUE(settings.labourers.empty());
  EXPECT_TRUE(settings.job_schema_variants.at("default").attributes().empty());
  EXPECT_EQ(settings.coefficients, kDefaultCoefficients);
}

TEST(Settings, ReadLabourers) {
  const Labourer labourer = labourer_from(R"({"arn":"arn:x","max_simultaneous_invocations":8,"max_attempts":5,
    "duration":12.5,"cooldown":0,"retry":{"policy":"linear","base":1,"factor":3,"max":60,"jitter":0.5}})");
  EXPECT_EQ(labourer.arn, "arn:x");
  EXPECT_EQ(labourer.max_simultaneous_invocations, 8);
  EXPECT_EQ(labourer.max_attempts, 5);
  EXPECT_EQ(labourer.attempt_timeout(), 12.5);
  EXPECT_EQ(labourer.retry.kind, RetryPolicy::Kind::linear);
  EXPECT_EQ(labourer.retry.base, 1);
  EXPECT_EQ(labourer.retry.factor, 3);
  EXPECT_EQ(labourer.retry.max, 60);
  EXPECT_EQ(labourer.retry.jitter, 0.5);
}

TEST(Settings, NullMeansTheDefault) {
  const Settings settings =
      parse_settings(Json::parse(R"({"max_attempts":null,"max_simultaneous_invocations":null,
    "labourers":{"a":{"max_simultaneous_invocations":null,"max_attempts":null,"duration":null,"cooldown":null,
                      "health_metrics":null}}})"));
  const Labourer& labourer = settings.labourers.at("a");
  EXPECT_EQ(labourer.max_simultaneous_invocations, 1);
  EXPECT_EQ(labourer.max_attempts, 3);
  EXPECT_EQ(labourer.duration, 900);
}

TEST(Settings, ALabourersOwnMaxAttemptsWins) {
  const Settings settings =
      parse_settings(Json::parse(R"({"max_attempts":4,"max_attempts_b":5,"max_attempts_c":6,
    "max_simultaneous_invocations":7,"labourers":{"a":{},"b":{},"c":{"max_attempts":9}}})"));
  EXPECT_EQ(settings.labourers.at("a").max_attempts, 4);
  EXPECT_EQ(settings.labourers.at("b").max_attempts, 5);
  EXPECT_EQ(settings.labourers.at("c").max_attempts, 9);
  EXPECT_EQ(settings.labourers.at("a").max_simultaneous_invocations, 7);
}

TEST(Settings, RefuseInvalidNumbers) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"max_simultaneous_invocations":-1})",
       "max_simultaneous_invocations: must be a whole number of at least 0"},
      {R"({"max_simultaneous_invocations":1.5})", "must be a whole number"},
      {R"({"max_simultaneous_invocations":"8"})", "must be a whole number"},
      {R"({"max_simultaneous_invocations":true})", "must be a whole number"},
      {R"({"max_simultaneous_invocations":2147483648})", "must be a whole number"},
      {R"({"max_simultaneous_invocations":18446744073709551615})", "must be a whole number"},
      {R"({"max_attempts":0})", "max_attempts: must be a whole number of at least 1"},
      {R"({"duration":0})", "duration: must be a number from 0.001"},
      {R"({"duration":-5})", "duration: must be a number"},
      {R"({"duration":31557600})", "duration: must be a number"},
      {R"({"cooldown":"5"})", "cooldown: must be a number"},
      {R"({"arn":5})", "arn: must be text"},
      {R"({"retry":5})", "retry: must be an object"},
      {R"({"retry":{"policy":"random"}})", "retry.policy: must be exponential or linear"},
      {R"({"retry":{"factor":0.5}})", "retry.factor: must be a number of at least 1"},
      {R"({"retry":{"jitter":1.5}})", "retry.jitter: must be a number from 0 to 1"},
      {R"({"retry":{"base":-1}})", "retry.base: must be a number of at least 0"},
      {R"({"retry":{"bse":1}})", "retry.bse: unknown key (did you mean 'base'?)"},
      {R"({"max_atempts":1})", "max_atempts: unknown key (did you mean 'max_attempts'?)"},
      {"[]", "must be an object"},
      {"null", "must be an object"},
  };
  for (const auto& [settings, message] : cases)
    EXPECT_THAT(error_for(with_labourer(settings)), AllOf(StartsWith("labourers.a"), HasSubstr(message)))
        << settings;
}

TEST(Settings, RefuseADocumentOfAnotherStructure) {
  EXPECT_THAT(error_for("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(error_for(R"({"labourers":[]})"), StartsWith("labourers: must be an object"));
  EXPECT_EQ(error_for(R"({"labourer":{}})"), "labourer: unknown key (did you mean 'labourers'?)");
  EXPECT_THAT(error_for(R"({"max_attempts_a":3})"), StartsWith("max_attempts_a: unknown key"));
  EXPECT_THAT(error_for(R"({"something_else_entirely":3})"),
              AllOf(HasSubstr("known are labourers"), Not(HasSubstr("sns_config"))));
}

TEST(Settings, AcceptTheKeysOfOtherReaders) {
  constexpr std::array<std::string_view, 1> top = {"alarm"};
  constexpr std::array<std::string_view, 1> labourer = {"command"};
  const Json document = Json::parse(R"({"alarm":{},"labourers":{"a":{"command":["x"]}}})");
  EXPECT_NO_THROW(parse_settings(document, {top, labourer}));
  EXPECT_THROW(parse_settings(document), InvalidConfig);
}

TEST(Settings, IgnoreTheKeysOfOldInstallationsWithOneLogLine) {
  const LoggedLines log;
  const Settings settings = parse_settings(Json::parse(R"({
    "labourers": {"a": {}}, "max_attempts": 2, "sosw_worker_assistant_lambda": "x", "sns_config": {"recipient": "r"},
    "dynamo_db_config": {"table_name": "t"}, "sosw_closed_tasks_table": "c",
    "sosw_closed_tasks_labourer_status_index": "i", "sosw_retry_tasks_table": "r",
    "sosw_retry_tasks_greenfield_index": "g", "meta_handler_config": {}, "retry_tasks_limit": 20,
    "max_closed_to_analyse_for_duration": 10, "ecology_config": {"default_metric_values": {}},
    "greenfield_invocation_delta": 31557600, "greenfield_task_step": 1000, "queue_bucket": "b", "s3_prefix": "p",
    "queue_file": "f", "rows_to_process": 50, "shutdown_period": 60, "task_operational_overhead_for_ddb": 1,
    "init_clients": [], "lifetime_stats_params": [], "dead_sns_topic": "d", "custom_period_patterns": []})"));
  EXPECT_EQ(settings.labourers.at("a").max_attempts, 2);
  const std::string text = log.text();
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, AllOf(HasSubstr("ignored here: sosw_worker_assistant_lambda, sns_config"),
                          HasSubstr("custom_period_patterns")));
}

TEST(Settings, WithoutSuchKeysLogNothing) {
  const LoggedLines log;
  labourer_from("{}");
  EXPECT_EQ(log.text(), "");
}

TEST(Settings, ReadSchemas) {
  const Settings settings = parse_settings(Json::parse(R"({"job_schema_variants":{
    "default":{"chunkable_attrs":[["section",{}],["item",{}]]},"flat":{"chunkable_attrs":[]},"none":{}}})"));
  EXPECT_THAT(settings.job_schema_variants.at("default").attributes(), ElementsAre("section", "item"));
  EXPECT_TRUE(settings.job_schema_variants.at("flat").attributes().empty());
  EXPECT_TRUE(settings.job_schema_variants.at("none").attributes().empty());
}

TEST(Settings, TakeTheOlderKeyAsTheDefaultSchema) {
  const auto attributes = [](const char* config) {
    return parse_settings(Json::parse(config)).job_schema_variants.at("default").attributes();
  };
  EXPECT_THAT(attributes(R"({"job_schema":{"chunkable_attrs":[["old",{}]]}})"), ElementsAre("old"));
  EXPECT_THAT(attributes(R"({"job_schema":{"chunkable_attrs":[["old",{}]]},
                             "job_schema_variants":{"default":{"chunkable_attrs":[["new",{}]]}}})"),
              ElementsAre("new"));
  EXPECT_THAT(attributes(R"({"job_schema":{}})"), testing::IsEmpty());
}

TEST(Settings, RefuseSchemasThatCanNotBeUsed) {
  const auto complaint_about_attributes = [](const std::string& attributes) {
    return error_for(R"({"job_schema_variants":{"v":{"chunkable_attrs":)" + attributes + "}}}");
  };
  for (const char* attributes :
       {R"([["sections",{}]])", R"([["a",{}],["a",{}]])", R"([["",{}]])", "[5]", "[[]]", "{}", "5"})
    EXPECT_THAT(complaint_about_attributes(attributes), StartsWith("job_schema_variants.v.chunkable_attrs: "))
        << attributes;
  EXPECT_THAT(error_for(R"({"job_schema_variants":{"v":{"chunkable":[]}}})"), HasSubstr("unknown key"));
  EXPECT_THAT(error_for(R"({"job_schema_variants":{"v":5}})"), StartsWith("job_schema_variants.v: "));
}

TEST(Settings, ReadCoefficientsWhoseKeysAreText) {
  const Settings settings =
      parse_settings(Json::parse(R"({"invocation_number_coefficient":{"1":0.25,"4":0.9}})"));
  EXPECT_EQ(settings.coefficients, (Coefficients{0, 0.25, 0.5, 0.75, 0.9}));
  for (const char* wrong : {R"({"5":1})", R"({"-1":1})", R"({"good":1})", R"({"1":1.5})", R"({"1":-0.1})",
                            R"({"1":"0.5"})", R"({"":1})", "[]", "null"})
    EXPECT_THAT(error_for(std::string(R"({"invocation_number_coefficient":)") + wrong + "}"),
                StartsWith("invocation_number_coefficient"))
        << wrong;
}

TEST(Settings, ReadHealthMetrics) {
  const Labourer labourer = labourer_from(R"({"health_metrics":{"db":{"details":{"b":1,"a":"x"},
    "feelings":{"1":90,"4":10},"feeling_comparison_operator":"<=","when_no_data":2}}})");
  ASSERT_EQ(labourer.health_metrics.size(), 1U);
  const HealthMetric& metric = labourer.health_metrics[0];
  EXPECT_EQ(metric.name, "db");
  EXPECT_EQ(metric.details, R"({"b":1,"a":"x"})");
  EXPECT_EQ(metric.when_no_data, Health::moderate);
  EXPECT_EQ(metric.feelings.judge(50), Health::poor);
}

TEST(Settings, RefuseMetricsThatCanNotBeUsed) {
  const std::string fine = R"("details":{},"feelings":{"1":9},"feeling_comparison_operator":"le")";
  const auto complaint_about_metric = [](const std::string& metric) {
    return error_for(with_labourer(R"({"health_metrics":{"m":{)" + metric + "}}}"));
  };
  EXPECT_EQ(complaint_about_metric(fine), "");
  const std::pair<std::string, const char*> cases[] = {
      {R"("feelings":{"1":9},"feeling_comparison_operator":"le")", ".details: "},
      {R"("details":"x","feelings":{"1":9},"feeling_comparison_operator":"le")", ".details: "},
      {R"("details":{},"feeling_comparison_operator":"le")", ".feelings: "},
      {R"("details":{},"feelings":{},"feeling_comparison_operator":"le")", ".feelings: "},
      {R"("details":{},"feelings":{"5":9},"feeling_comparison_operator":"le")", ".feelings.5: "},
      {R"("details":{},"feelings":{"1":"9"},"feeling_comparison_operator":"le")", ".feelings.1: "},
      {R"("details":{},"feelings":{"1":9})", ".feeling_comparison_operator: "},
      {R"("details":{},"feelings":{"1":9},"feeling_comparison_operator":"eq")",
       ".feeling_comparison_operator: "},
      {fine + R"(,"when_no_data":5)", ".when_no_data: "},
      {fine + R"(,"feeling":1)", ".feeling: unknown key (did you mean 'feelings'?)"},
  };
  for (const auto& [metric, message] : cases)
    EXPECT_THAT(complaint_about_metric(metric),
                HasSubstr(std::string("labourers.a.health_metrics.m") + message))
        << metric;
  EXPECT_THAT(error_for(with_labourer(R"({"health_metrics":[]})")), HasSubstr("health_metrics: must be"));
  EXPECT_THAT(error_for(with_labourer(R"({"health_metrics":{"m":5}})")),
              HasSubstr("health_metrics.m: must be"));
}

TEST(Settings, JudgeHealthAsTheGoldenVectorsDo) {
  std::ifstream vectors(SOSW_SOURCE_DIR "/tests/golden/health.jsonl");
  int count = 0;
  for (std::string line; std::getline(vectors, line); ++count) {
    const Json vector = Json::parse(line);
    const Json& input = vector.at("input");
    const Json metric = {{"details", Json::object()},
                         {"feelings", input.at("feelings")},
                         {"feeling_comparison_operator", input.at("feeling_comparison_operator")}};
    const std::string config = with_labourer(Json{{"health_metrics", {{"m", metric}}}}.dump());
    if (vector.contains("error")) {
      EXPECT_NE(error_for(config), "") << line;
      continue;
    }
    ASSERT_EQ(error_for(config), "") << line;
    const Settings settings = parse_settings(Json::parse(config));
    const Feelings& feelings = settings.labourers.at("a").health_metrics.at(0).feelings;
    EXPECT_EQ(static_cast<int>(feelings.judge(input.at("value"))), vector.at("expect").get<int>()) << line;
  }
  EXPECT_EQ(count, 400);
}

}  // namespace
}  // namespace sosw
