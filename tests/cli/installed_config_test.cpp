#include "config/installed_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "essentials/in_memory_config_source.h"
#include "log_lines.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

InstalledConfig read_all(InMemoryConfigSource source) {
  return read_installed_config({}, std::vector<ConfigSource*>{&source});
}

Json parsed(const char* text) { return Json::parse(text); }

TEST(InstalledConfig, EachKeyComesFromTheEssentialThatActsByIt) {
  const InstalledConfig config = read_all(
      {"it",
       {{"sosw_scheduler_config", R"({"job_schema": {"chunkable_attrs": [["section", {}]]}, "max_attempts": 8,
          "task_config": {"labourers": {"resize": {"max_simultaneous_invocations": 8}}}})"},
        {"sosw_orchestrator_config", R"({"invocation_number_coefficient": {"2": 0.25}, "job_schema": {},
          "task_config": {"max_simultaneous_invocations": 3, "max_attempts": 9,
              "labourers": {"resize": {"arn": "a", "max_simultaneous_invocations": 5, "max_attempts": 9,
                                       "health_metrics": {"m": {"details": {}}}}},
              "labourer_options": {"resize": {"duration": 60}}}})"},
        {"sosw_scavenger_config", R"({"sns_config": {"recipient": "t", "subject": "s"},
          "task_config": {"max_attempts": 4, "max_attempts_resize": 5, "max_attempts_gone": 1,
              "labourers": {"resize": {"arn": "b", "max_simultaneous_invocations": 7, "max_attempts": 2},
                            "gone": {"max_attempts": 2}},
              "labourer_options": {"resize": {"retry": {"policy": "linear"}}}}})"}}});
  EXPECT_EQ(nlohmann::json(config.content), nlohmann::json(parsed(R"({
      "job_schema": {"chunkable_attrs": [["section", {}]]},
      "invocation_number_coefficient": {"2": 0.25}, "max_simultaneous_invocations": 3,
      "max_attempts": 4, "max_attempts_resize": 5, "alarm": {"topic": "t"},
      "labourers": {"resize": {"arn": "a", "max_simultaneous_invocations": 5, "max_attempts": 2,
                               "health_metrics": {"m": {"details": {}}}, "duration": 60,
                               "retry": {"policy": "linear"}}}})")));
  EXPECT_EQ(config.origins.at("labourers.resize.arn"), "sosw_orchestrator_config in it");
  EXPECT_EQ(config.origins.at("labourers.resize.max_attempts"), "sosw_scavenger_config in it");
  EXPECT_EQ(config.origins.at("job_schema.chunkable_attrs"), "sosw_scheduler_config in it");
}

TEST(InstalledConfig, SharedSettingsAreSetOnce) {
  const InstalledConfig config = read_all(
      {"it",
       {{"sosw_essential_config", R"({"job_schema": {"chunkable_attrs": [["section", {}], ["product", {}]]},
          "labourers": {"resize": {"arn": "a", "max_attempts": 2}}, "max_attempts": 4})"},
        {"sosw_scavenger_config", R"({"max_attempts": 5})"}}});
  EXPECT_EQ(config.content["job_schema"]["chunkable_attrs"].size(), 2U);
  EXPECT_EQ(config.content["max_attempts"], 5);
  EXPECT_EQ(config.content["labourers"]["resize"].dump(), R"({"arn":"a","max_attempts":2})");
  EXPECT_THAT(config.found, ElementsAre("sosw_essential_config in it", "sosw_scavenger_config in it"));
}

TEST(InstalledConfig, NamesOfTablesAreThoseOfTheInstallation) {
  const InstalledConfig config = read_all({"it", {{"sosw_orchestrator_config", R"({"task_config": {
      "dynamo_db_config": {"table_name": "t", "index_greenfield": "g", "field_names": {"task_id": "id"},
                           "row_mapper": {"a": "S"}, "required_fields": []},
      "sosw_closed_tasks_table": "c", "sosw_closed_tasks_labourer_status_index": "s",
      "sosw_retry_tasks_table": "r", "sosw_retry_tasks_greenfield_index": "d"}})"}}});
  EXPECT_EQ(nlohmann::json(config.content), nlohmann::json(parsed(R"({"dynamodb": {
      "tables": {"tasks": "t", "closed": "c", "retry": "r"},
      "indexes": {"tasks_by_greenfield": "g", "closed_by_status": "s", "retry_by_due": "d"},
      "field_names": {"task_id": "id"}}})")));
}

TEST(InstalledConfig, ALaterSourceOverridesAnEarlierOne) {
  InMemoryConfigSource below("the lower", {{"sosw_orchestrator_config",
                                            R"({"labourers": {"a": {"arn": "1"}, "b": {"arn": "2"}}})"}});
  InMemoryConfigSource above("the upper",
                             {{"sosw_orchestrator_config", R"({"labourers": {"a": {"arn": "3"}}})"}});
  const InstalledConfig config = read_installed_config({}, std::vector<ConfigSource*>{&below, &above});
  EXPECT_EQ(config.content.dump(), R"({"labourers":{"a":{"arn":"3"},"b":{"arn":"2"}}})");
  EXPECT_EQ(config.origins.at("labourers.a.arn"), "sosw_orchestrator_config in the upper");
  EXPECT_EQ(config.origins.at("labourers.b.arn"), "sosw_orchestrator_config in the lower");
}

TEST(InstalledConfig, EssentialsMayHaveOtherNames) {
  InMemoryConfigSource source("it", {{"my_orchestrator_config", R"({"labourers": {"a": {"arn": "1"}}})"}});
  EXPECT_TRUE(read_all(source).found.empty());
  const std::vector<ConfigSource*> sources = {&source};
  EXPECT_EQ(read_installed_config({.orchestrator = "my_orchestrator"}, sources).content["labourers"].size(),
            1U);
}

TEST(InstalledConfig, OtherKeysAreNamedInOneLineWithoutTheirValues) {
  const LoggedLines lines;
  read_all(
      {"it", {{"sosw_essential_config", R"({"init_clients": ["hush"], "password": "hush", "max_attempts": 2,
                                            "task_config": {"greenfield_task_step": "hush"}})"}}});
  EXPECT_THAT(lines.text(), AllOf(HasSubstr("ignored here: greenfield_task_step, init_clients, password"),
                                  Not(HasSubstr("hush")), Not(HasSubstr("max_attempts"))));
}

TEST(InstalledConfig, AConfigurationThatIsNotAnObjectIsRefusedByItsLocation) {
  for (const char* value :
       {R"({"task_config": "hush"})", R"({"labourers": ["hush"]})", R"({"labourers": {"a": "hush"}})",
        R"({"task_config": {"labourer_options": {"a": 1}}})"}) {
    try {
      read_all({"it", {{"sosw_orchestrator_config", value}}});
      ADD_FAILURE() << value;
    } catch (const InvalidConfig& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("sosw_orchestrator_config in it: "),
                                      HasSubstr("must be an object"), Not(HasSubstr("hush"))));
    }
  }
}

}  // namespace
}  // namespace sosw
