// The DynamoDB client against an implementation of DynamoDB that is not ours.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/aws/curl_http.h"
#include "sosw/aws/dynamo_db.h"
#include "sosw/system/system_clock.h"

#include "aws/server_process.h"
#include "aws/simulated_machine.h"

namespace sosw::aws {
namespace {

using ::testing::SizeIs;

constexpr const char* kFolder = SOSW_SOURCE_DIR "/tests/aws/dynalite";

Item task(int number) {
  return {{"task_id", std::to_string(number)},
          {"labourer_id", "resize"},
          {"greenfield", 1000 + number},
          {"payload", R"({"ü": 1.50})"},
          {"created_at", 1795490346.8965256},
          {"deep", AttributeValue::List{Item{{"x", AttributeValue()}}, AttributeValue::boolean(true)}}};
}

TEST(Dynalite, UnderstandsTheClientAndTheClientUnderstandsIt) {
  if (!std::filesystem::exists(std::string(kFolder) + "/node_modules/dynalite"))
    GTEST_SKIP() << "dynalite is not installed; run npm ci in tests/aws/dynalite";
  const ServerProcess server({"node", std::string(kFolder) + "/server.js"});
  CurlHttp http;
  SystemClock clock;
  SeededRandom random;
  SimulatedClock waiting;
  Session session(environment_of({{"AWS_ACCESS_KEY_ID", "AKIDTEST"},
                                  {"AWS_SECRET_ACCESS_KEY", "test-secret"},
                                  {"AWS_REGION", "eu-west-1"},
                                  {"AWS_ENDPOINT_URL_DYNAMODB", server.url()}}),
                  {http, clock, random, waiting});
  DynamoDb dynamo(session);
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

}  // namespace
}  // namespace sosw::aws
