// The DynamoDB client and the store against an implementation of DynamoDB that is not ours.

#include "store/dynamo/dynalite.h"

#include <map>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/clients/dynamo_db.h"
#include "config/parse_settings.h"
#include "essentials/orchestrator.h"
#include "essentials/scavenger.h"
#include "essentials/scheduler.h"
#include "essentials/worker_assistant.h"
#include "ports/soundness.h"
#include "store/dynamo/dynamo_store.h"
#include "text/json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::SizeIs;

Item task(int number) {
  return {{"task_id", std::to_string(number)},
          {"labourer_id", "resize"},
          {"greenfield", 1000 + number},
          {"payload", R"({"ü": 1.50})"},
          {"created_at", 1795490346.8965256},
          {"deep", AttributeValue::List{Item{{"x", AttributeValue()}}, AttributeValue::boolean(true)}}};
}

TEST(Dynalite, UnderstandsTheClientAndTheClientUnderstandsIt) {
  if (!Dynalite::is_installed())
    GTEST_SKIP() << "dynalite is not installed; run scripts/install-node-packages";
  Dynalite dynalite;
  const auto session = dynalite.session();
  DynamoDb dynamo(*session);
  dynamo.create_table({.name = "tasks",
                       .key = {"task_id", ""},
                       .key_types = {{"task_id", "S"}, {"labourer_id", "S"}, {"greenfield", "N"}},
                       .indexes = {{.name = "greenfield", .key = {"labourer_id", "greenfield"}}},
                       .read_units = 100,
                       .write_units = 100});
  while (dynamo.describe_table("tasks").status != "ACTIVE") {
  }

  BatchWrite batch{.table = "tasks", .key_names = {"task_id"}};
  for (int i = 0; i < 60; ++i) batch.puts.push_back(task(i));
  EXPECT_TRUE(dynamo.write_all(batch).all_done());
  EXPECT_EQ(dynamo.get({.table = "tasks", .key = {{"task_id", "7"}}, .consistent = true}), task(7));

  BatchGet get{.table = "tasks", .projection = "task_id"};
  for (int i = 0; i < 150; ++i) get.keys.push_back({{"task_id", std::to_string(i)}});
  EXPECT_THAT(dynamo.get_all(get), SizeIs(60));

  const Query query{.table = "tasks",
                    .index = "greenfield",
                    .key_condition = "labourer_id = :l AND greenfield BETWEEN :from AND :to",
                    .filter = "attribute_not_exists(completed_at)",
                    .placeholders = {{}, {{":l", "resize"}, {":from", 1010}, {":to", 1019}}},
                    .limit = 4};
  EXPECT_THAT(dynamo.query_all(query, 1000), SizeIs(10));
  EXPECT_EQ(dynamo.count_all(query), 10);

  std::vector<UpdateItem> claims;
  for (int i = 0; i < 20; ++i)
    claims.push_back({.table = "tasks",
                      .key = {{"task_id", std::to_string(i)}},
                      .update = "SET greenfield = :new, attempts = if_not_exists(attempts, :zero) + :one",
                      .condition = "greenfield < :line AND attribute_not_exists(completed_at)",
                      .placeholders = {{}, {{":new", 5000}, {":zero", 0}, {":one", 1}, {":line", 1010}}},
                      .returns = UpdateItem::Return::all_new});
  const auto results = dynamo.update(claims);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(results[i].condition_failed, i >= 10) << i;
  EXPECT_EQ(results[0].item->at("attempts").integer(), 1);

  const DeleteItem remove{.table = "tasks",
                          .key = {{"task_id", "59"}},
                          .condition = "greenfield = :g",
                          .placeholders = {{}, {{":g", 1059}}},
                          .return_old = true};
  EXPECT_EQ(dynamo.remove(remove).item, task(59));
  EXPECT_TRUE(dynamo.remove(remove).condition_failed);
}

/// Workers that end when the test says so.
struct KeptInvocations final : FunctionInvoker {
  std::vector<Dispatch> invoke(std::vector<Invocation> wanted) override {
    for (Invocation& invocation : wanted) events.push_back(std::move(invocation.event));
    return std::vector<Dispatch>(wanted.size());
  }
  std::vector<std::string> events;
};

struct KeptEvents final : EventLog {
  void record(std::span<const TaskEvent> events) override {
    for (const TaskEvent& event : events) ++counts[event.action];
  }
  std::map<TaskAction, int> counts;
};

struct KeptAlarms final : Alarm {
  void raise(const std::string& /*subject*/, const std::string& message) override {
    messages.push_back(message);
  }
  void send() override {}
  std::vector<std::string> messages;
};

/// What an installation is made of, on dynalite.
struct OnDynalite {
  OnDynalite() {
    for (const TableDescription& table : DynamoTables().descriptions()) dynamo.create_table(table);
  }
  Dynalite dynalite;
  std::unique_ptr<Session> session = dynalite.session();
  DynamoDb dynamo{*session};
  DynamoStore store{dynamo, dynalite.random};
  SimulatedClock clock;
  KeptInvocations functions;
  KeptEvents events;
  KeptAlarms alarm;
  Settings settings = parse_settings(Json::parse(R"({
    "labourers": {"resize": {"arn": "arn:aws:lambda:eu-west-1:111122223333:function:resize",
                             "max_simultaneous_invocations": 20, "max_attempts": 2,
                             "retry": {"base": 10, "jitter": 0}}},
    "job_schema_variants": {"default": {"chunkable_attrs": [["image", {}]]}}})"));
  Ecology ecology{settings, {}};
  Scheduler scheduler{settings, store, events, clock, dynalite.random};
  Scavenger scavenger{settings, store, events, alarm, clock, dynalite.random};
  Orchestrator orchestrator{{.settings = settings,
                             .ecology = ecology,
                             .tasks = store,
                             .admin = store,
                             .functions = functions,
                             .scavenger = scavenger,
                             .events = events,
                             .alarm = alarm,
                             .clock = clock,
                             .random = dynalite.random}};
  WorkerAssistant assistant{settings, store, events, clock};
};

TEST(Dynalite, CarriesAJobFromScheduleToArchive) {
  if (!Dynalite::is_installed())
    GTEST_SKIP() << "dynalite is not installed; run scripts/install-node-packages";
  OnDynalite here;
  constexpr int kTasks = 50;
  json job{{"lambda_name", "resize"}, {"isolate_images", true}};
  for (int i = 0; i < kTasks; ++i) job["images"].push_back(i);
  const std::string job_id = here.scheduler.accept(job.dump()).front().job_id;
  while (!here.scheduler.idle()) here.scheduler.step();
  // Image 0 fails each time, those that end in 7 the first time.
  std::map<int, int> tries;
  for (int minute = 0; minute < 30 && !here.store.find_job(job_id)->progress.finished(); ++minute) {
    here.orchestrator.run();
    EXPECT_LE(here.functions.events.size(), 20U);
    for (const std::string& event : std::exchange(here.functions.events, {})) {
      const json received = json::parse(event);
      const int image = received["images"][0];
      const bool fails = image == 0 || (image % 10 == 7 && tries[image] == 0);
      ++tries[image];
      here.assistant.handle(json{
          {"action", fails ? "mark_task_as_failed" : "mark_task_as_completed"},
          {"task_id", received["task_id"]},
          {"sosw", received["sosw"]},
          {"result",
           {{"image", image}}}}.dump());
    }
    here.clock.time += 60;
    here.scavenger.run();
  }
  const JobProgress progress = here.store.find_job(job_id)->progress;
  EXPECT_TRUE(progress.finished());
  EXPECT_EQ(progress.completed, kTasks - 1);
  EXPECT_EQ(progress.dead, 1);
  for (const auto& [image, count] : tries) EXPECT_EQ(count, image == 0 || image % 10 == 7 ? 2 : 1) << image;
  EXPECT_THAT(here.alarm.messages, SizeIs(1));
  EXPECT_EQ(here.events.counts[TaskAction::created], kTasks);
  EXPECT_EQ(here.events.counts[TaskAction::archived], kTasks - 1);
  EXPECT_EQ(here.events.counts[TaskAction::invoked], kTasks + 6);
  expect_sound(here.store, here.store);
}

}  // namespace
}  // namespace sosw::aws
