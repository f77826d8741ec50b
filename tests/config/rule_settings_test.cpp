#include "config/rule_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "config/parse_settings.h"
#include "model/calendar.h"
#include "text/json_text.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct TwoZones final : TimeZones {
  std::shared_ptr<const TimeZone> find(const std::string& name) override {
    if (name == "UTC") return utc_zone();
    return name == "Europe/Berlin" ? std::make_shared<SummerZone>() : nullptr;
  }
};

std::vector<Rule> parse(const std::string& list) {
  const Settings settings = parse_settings(Json::parse(R"({
    "labourers": {"worker": {}},
    "job_schema_variants": {"default": {"chunkable_attrs": [["item", {}]]}}})"));
  TwoZones zones;
  return parse_rules(JsonText(list), settings, zones);
}

/// A list of one rule that is fine but for `changes`.
std::string rule_with(const std::string& changes) {
  Json rule = {{"name", "nightly"}, {"schedule", "rate(1 day)"}, {"job", {{"lambda_name", "worker"}}}};
  rule.merge_patch(Json::parse(changes));
  return Json::array({rule}).dump();
}

TEST(RuleSettings, SayWhatIsScheduledAndWhen) {
  const auto rules = parse(R"list([
    {"name": "nightly", "schedule": "cron(0 2 * * ? *)", "time_zone": "Europe/Berlin",
     "job": {"lambda_name": "worker", "b": 1, "a": [2.5]}, "missed": "skip", "enabled": false},
    {"name": "often", "schedule": "rate(5 minutes)", "job": {"lambda_name": "worker"}}])list");
  ASSERT_THAT(rules, SizeIs(2));
  EXPECT_EQ(rules[0].name, "nightly");
  EXPECT_EQ(rules[0].timing, "cron(0 2 * * ? *) Europe/Berlin");
  EXPECT_EQ(rules[0].schedule.next_after(Time(seconds_of("2026-07-01T12:00:00")), {}),
            Time(seconds_of("2026-07-02T00:00:00")));
  EXPECT_EQ(rules[0].job, R"({"lambda_name":"worker","b":1,"a":[2.5]})");
  EXPECT_EQ(rules[0].missed, Rule::Missed::skip);
  EXPECT_FALSE(rules[0].enabled);
}

TEST(RuleSettings, DefaultToUtcRunOnceAndEnabled) {
  const auto rules = parse(rule_with("{}"));
  EXPECT_EQ(rules.at(0).timing, "rate(1 day) UTC");
  EXPECT_EQ(rules.at(0).missed, Rule::Missed::run_once);
  EXPECT_TRUE(rules.at(0).enabled);
}

TEST(RuleSettings, MayBeAnEmptyList) { EXPECT_THAT(parse("[]"), IsEmpty()); }

struct InvalidCase {
  std::string list;
  std::string where;
  std::string texts;
};
void PrintTo(const InvalidCase& invalid, std::ostream* out) {
  *out << invalid.where << ": " << invalid.texts;
}

class InvalidRules : public ::testing::TestWithParam<InvalidCase> {};

TEST_P(InvalidRules, AreRefusedWithTheirPath) {
  try {
    parse(GetParam().list);
    FAIL() << "was accepted";
  } catch (const InvalidConfig& error) {
    EXPECT_EQ(error.where, GetParam().where);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().texts));
  }
}

std::string twice(const std::string& name) {
  const Json rule = Json::parse(rule_with(R"({"name": ")" + name + "\"}")).at(0);
  return Json::array({rule, rule}).dump();
}

INSTANTIATE_TEST_SUITE_P(
    All, InvalidRules,
    ::testing::Values(
        InvalidCase{"{}", "rules", "must be a list"}, InvalidCase{"[1]", "rules.0", "must be an object"},
        InvalidCase{rule_with(R"({"schedul": "x"})"), "rules.0.schedul", "did you mean 'schedule'?"},
        InvalidCase{rule_with(R"({"name": null})"), "rules.0.name", "is missing"},
        InvalidCase{rule_with(R"({"name": ""})"), "rules.0.name", "must be text that is not empty"},
        InvalidCase{rule_with(R"({"schedule": null})"), "rules.0.schedule", "is missing"},
        InvalidCase{rule_with(R"({"schedule": 5})"), "rules.0.schedule", "must be text"},
        InvalidCase{rule_with(R"rule({"schedule": "cron(0 25 * * ? *)"})rule"), "rules.0.schedule",
                    "hours: '25'"},
        InvalidCase{rule_with(R"({"time_zone": "Europe/Berln"})"), "rules.0.time_zone",
                    "there is no time zone 'Europe/Berln'"},
        InvalidCase{rule_with(R"({"time_zone": 1})"), "rules.0.time_zone", "must be text"},
        InvalidCase{
            rule_with(R"rule({"time_zone": "Europe/Berlin", "schedule": "at(2026-03-29T02:30:00)"})rule"),
            "rules.0.schedule", "jump over"},
        InvalidCase{rule_with(R"({"missed": "all"})"), "rules.0.missed", "must be run_once or skip"},
        InvalidCase{rule_with(R"({"enabled": "yes"})"), "rules.0.enabled", "must be true or false"},
        InvalidCase{rule_with(R"({"job": null})"), "rules.0.job", "must be an object"},
        InvalidCase{rule_with(R"({"job": "{}"})"), "rules.0.job", "must be an object"},
        InvalidCase{rule_with(R"({"job": {"lambda_name": null}})"), "rules.0.job", "lambda_name: is missing"},
        InvalidCase{rule_with(R"({"job": {"lambda_name": "wrker"}})"), "rules.0.job.lambda_name",
                    "there is no labourer 'wrker'"},
        InvalidCase{rule_with(R"({"job": {"job_schema_name": "other"}})"), "rules.0.job.job_schema_name",
                    "there is no variant 'other'"},
        InvalidCase{rule_with(R"({"job": {"idempotency_key": "mine"}})"), "rules.0.job.idempotency_key",
                    "leave it out"},
        InvalidCase{rule_with(R"({"job": {"isolate_items": true, "items": [1], "max_items_per_batch": 0}})"),
                    "rules.0.job", "max_items_per_batch"},
        InvalidCase{rule_with(R"({"job": {"period": "last_week_or_so", "isolate_days": true}})"),
                    "rules.0.job", "last_week_or_so"},
        InvalidCase{twice("nightly"), "rules.1.name", "'nightly' is the name of rules.0 already"}));

}  // namespace
}  // namespace sosw
