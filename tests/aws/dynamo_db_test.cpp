#include "aws/clients/dynamo_db.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/fake/fake_aws.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using State = BatchWriteResult::State;

const TableDescription kTable{.name = "tasks",
                              .key = {"task_id", ""},
                              .key_types = {{"task_id", "S"}, {"labourer_id", "S"}, {"greenfield", "N"}},
                              .indexes = {{.name = "greenfield", .key = {"labourer_id", "greenfield"}}}};
const TableDescription kRetry{.name = "retry",
                              .key = {"labourer_id", "task_id"},
                              .key_types = {{"labourer_id", "S"}, {"task_id", "S"}, {"due", "N"}},
                              .indexes = {{.name = "due",
                                           .key = {"labourer_id", "due"},
                                           .global = false,
                                           .projection = "INCLUDE",
                                           .included = {"attempts"}}},
                              .read_units = 3,
                              .write_units = 2};

Item task(const std::string& id, std::int64_t greenfield) {
  return {{"task_id", id}, {"labourer_id", "resize"}, {"greenfield", greenfield}, {"payload", R"({"ü":1})"}};
}

Item key(const std::string& id) { return {{"task_id", id}}; }

UpdateItem claim(const std::string& id, std::int64_t before) {
  return {.table = "tasks",
          .key = key(id),
          .update = "SET greenfield = :new, attempts = if_not_exists(attempts, :zero) + :one",
          .condition = "greenfield < :before AND attribute_not_exists(completed_at)",
          .placeholders = {{}, {{":new", 5000}, {":zero", 0}, {":one", 1}, {":before", before}}},
          .returns = UpdateItem::Return::all_new};
}

class DynamoDbTest : public ::testing::Test {
 protected:
  DynamoDbTest() {
    dynamo_.create_table(kTable);
    dynamo_.create_table(kRetry);
    aws_.operations();
  }
  std::vector<std::string> stored() {
    std::vector<std::string> ids;
    for (const Item& item : dynamo_.scan({.table = "tasks"}).items) ids.push_back(item.at("task_id").text());
    return ids;
  }
  void fill(int count) {
    BatchWrite batch{.table = "tasks", .key_names = {"task_id"}};
    for (int i = 0; i < count; ++i) batch.puts.push_back(task(std::to_string(i), 1000 + i));
    ASSERT_TRUE(dynamo_.write_all(batch).all_done());
    aws_.operations();
  }

  FakeAws aws_;
  std::unique_ptr<Session> session_ = aws_.session();
  DynamoDb dynamo_{*session_};
};

TEST_F(DynamoDbTest, DescribesTheTablesThatItMade) {
  const TableDescription tasks = dynamo_.describe_table("tasks");
  EXPECT_EQ(tasks.key.hash, "task_id");
  EXPECT_EQ(tasks.key.range, "");
  EXPECT_EQ(tasks.status, "ACTIVE");
  EXPECT_EQ(tasks.read_units, 0);
  EXPECT_EQ(tasks.key_types.at("greenfield"), "N");
  ASSERT_THAT(tasks.indexes, SizeIs(1));
  EXPECT_EQ(tasks.indexes[0].key.range, "greenfield");
  EXPECT_EQ(tasks.indexes[0].status, "ACTIVE");
  const TableDescription retry = dynamo_.describe_table("retry");
  EXPECT_EQ(retry.write_units, 2);
  EXPECT_FALSE(retry.indexes.at(0).global);
  EXPECT_THAT(retry.indexes.at(0).included, ElementsAre("attempts"));
  try {
    dynamo_.describe_table("nothing");
    FAIL();
  } catch (const AwsError& error) {
    EXPECT_EQ(error.code, "ResourceNotFoundException");
    EXPECT_NE(error.request_id, "");
  }
}

TEST_F(DynamoDbTest, WhatIsPutComesBackExactly) {
  using Value = AttributeValue;
  Item item = task("a", 1);
  item["created_at"] = 1795490346.8965256;
  item["digits"] = Value::Number{"12345678901234567890123456789012345678"};
  item["numeric text"] = "17";
  item["bytes"] = Value::Binary{std::string("\0\1", 2)};
  item["deep"] = Value::List{Item{{"x", Value()}}, Value::boolean(false), Value::NumberSet{{"1", "2"}}};
  EXPECT_TRUE(dynamo_.put(PutItem{.table = "tasks", .item = item}).done());
  EXPECT_EQ(dynamo_.get({.table = "tasks", .key = key("a"), .consistent = true}), item);
  EXPECT_EQ(dynamo_.get({.table = "tasks", .key = key("b")}), std::nullopt);
  EXPECT_EQ(
      dynamo_.get(
          {.table = "tasks", .key = key("a"), .projection = "#p, greenfield", .names = {{"#p", "payload"}}}),
      (Item{{"payload", R"({"ü":1})"}, {"greenfield", 1}}));
}

TEST_F(DynamoDbTest, ConditionsDecideAndReturnTheConflictingItem) {
  PutItem put{.table = "tasks",
              .item = task("a", 1),
              .condition = "attribute_not_exists(task_id)",
              .return_item_on_failure = true};
  EXPECT_TRUE(dynamo_.put(put).done());
  put.item = task("a", 2);
  const WriteResult second = dynamo_.put(put);
  EXPECT_TRUE(second.condition_failed);
  EXPECT_EQ(second.item, task("a", 1));
  const DeleteItem remove{.table = "tasks",
                          .key = key("a"),
                          .condition = "greenfield = :seen",
                          .placeholders = {{}, {{":seen", 2}}}};
  EXPECT_TRUE(dynamo_.remove(remove).condition_failed);
  EXPECT_THAT(stored(), ElementsAre("a"));
  EXPECT_EQ(dynamo_.remove(DeleteItem{.table = "tasks", .key = key("a"), .return_old = true}).item,
            task("a", 1));
  EXPECT_THAT(stored(), SizeIs(0));
}

TEST_F(DynamoDbTest, ManyUpdatesRunAtOnceAndEachHasItsOwnResult) {
  fill(200);
  std::vector<UpdateItem> updates;
  for (int i = 0; i < 200; ++i) updates.push_back(claim(std::to_string(i), 1100));
  updates.push_back({.table = "nowhere", .key = key("x"), .update = "REMOVE a"});
  const auto results = dynamo_.update(updates);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(results[i].done(), i < 100);
    EXPECT_EQ(results[i].condition_failed, i >= 100);
  }
  EXPECT_EQ(results[7].item->at("attempts").integer(), 1);
  EXPECT_EQ(results[7].item->at("task_id").text(), "7");
  EXPECT_EQ(results[200].error->code, "ResourceNotFoundException");
  EXPECT_FALSE(results[200].error->maybe_done);
}

TEST_F(DynamoDbTest, AnUnknownOutcomeOfAConditionalWriteIsNotRepeated) {
  fill(1);
  for (const char* what : {"error_after", "cut_after", "error_before", "cut_before", "bad_checksum"}) {
    aws_.inject("UpdateItem", what);
    const UpdateItem update = claim("0", 9000);
    const auto result = dynamo_.update(std::span(&update, 1)).front();
    ASSERT_TRUE(result.error) << what;
    EXPECT_TRUE(result.error->maybe_done) << what;
    EXPECT_THAT(aws_.operations(), SizeIs(1)) << what;
  }
  EXPECT_EQ(dynamo_.get({.table = "tasks", .key = key("0")})->at("attempts").integer(), 3);
}

TEST_F(DynamoDbTest, ThrottledCallsAndReadsInTroubleAreRepeated) {
  fill(1);
  aws_.inject("UpdateItem", "throttle", 2);
  EXPECT_TRUE(dynamo_.update(claim("0", 9000)).done());
  EXPECT_THAT(aws_.operations(), SizeIs(3));
  for (const char* what : {"error_before", "cut_before", "cut_after", "bad_checksum", "throttle"}) {
    aws_.inject("GetItem", what, 3);
    EXPECT_TRUE(dynamo_.get({.table = "tasks", .key = key("0")})) << what;
    EXPECT_THAT(aws_.operations(), SizeIs(4)) << what;
  }
}

TEST_F(DynamoDbTest, QueriesPageThroughAnIndexInOrder) {
  fill(50);
  Query query{.table = "tasks",
              .index = "greenfield",
              .key_condition = "labourer_id = :l AND greenfield BETWEEN :a AND :b",
              .placeholders = {{}, {{":l", "resize"}, {":a", 1010}, {":b", 1029}}},
              .limit = 7};
  std::vector<std::int64_t> seen;
  int pages = 0;
  do {
    const Page page = dynamo_.query(query);
    for (const Item& item : page.items) seen.push_back(item.at("greenfield").integer());
    query.start_after = page.last_key;
    ++pages;
  } while (query.start_after);
  ASSERT_THAT(seen, SizeIs(20));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(pages, 3);
  query.start_after.reset();
  query.limit.reset();
  query.count_only = true;
  EXPECT_EQ(dynamo_.query(query).count, 20);
  query.count_only = false;
  query.forward = false;
  const auto newest = dynamo_.query_all(query, 3);
  ASSERT_THAT(newest, SizeIs(3));
  EXPECT_EQ(newest[0].at("greenfield").integer(), 1029);
}

TEST_F(DynamoDbTest, AFilterMayLeavePagesEmpty) {
  BatchWrite batch{.table = "tasks", .key_names = {"task_id"}};
  for (int i = 0; i < 12; ++i) {
    Item item = task(std::to_string(i), i);
    item["payload"] = std::string(300'000, 'x');
    if (i == 11) item["completed_at"] = 17;
    batch.puts.push_back(item);
  }
  ASSERT_TRUE(dynamo_.write_all(batch).all_done());
  const Query query{.table = "tasks",
                    .index = "greenfield",
                    .key_condition = "labourer_id = :l",
                    .filter = "attribute_exists(completed_at)",
                    .placeholders = {{}, {{":l", "resize"}}}};
  const Page first = dynamo_.query(query);
  EXPECT_THAT(first.items, SizeIs(0));
  EXPECT_LT(first.looked_at, 12);
  ASSERT_TRUE(first.last_key);
  EXPECT_THAT(dynamo_.query_all(query, 10), SizeIs(1));
}

TEST_F(DynamoDbTest, AGlobalIndexMayBeStaleButTheTableIsNot) {
  fill(2);
  aws_.control("freeze", {{"table", "tasks"}, {"frozen", true}});
  dynamo_.put(PutItem{.table = "tasks", .item = task("new", 5)});
  const Query query{.table = "tasks",
                    .index = "greenfield",
                    .key_condition = "labourer_id = :l",
                    .placeholders = {{}, {{":l", "resize"}}}};
  EXPECT_THAT(dynamo_.query(query).items, SizeIs(2));
  EXPECT_THAT(stored(), SizeIs(3));
  aws_.control("freeze", {{"table", "tasks"}, {"frozen", false}});
  EXPECT_THAT(dynamo_.query(query).items, SizeIs(3));
}

TEST_F(DynamoDbTest, BatchesAreSplitToTheRequestLimit) {
  fill(60);
  BatchGet get{.table = "tasks", .consistent = true, .projection = "task_id"};
  for (int i = 0; i < 230; ++i) get.keys.push_back(key(std::to_string(i)));
  EXPECT_THAT(dynamo_.get_all(get), SizeIs(60));
  EXPECT_THAT(aws_.operations(), ElementsAre("BatchGetItem", "BatchGetItem", "BatchGetItem"));
  BatchWrite write{.table = "tasks", .key_names = {"task_id"}, .puts = {task("new", 1)}};
  for (int i = 0; i < 59; ++i) write.deletes.push_back(key(std::to_string(i)));
  const auto result = dynamo_.write_all(write);
  EXPECT_THAT(result.deletes, Each(State::done));
  EXPECT_THAT(aws_.operations(), SizeIs(3));
  EXPECT_THAT(stored(), UnorderedElementsAre("59", "new"));
}

TEST_F(DynamoDbTest, UnprocessedItemsAreSentAgain) {
  fill(40);
  aws_.control("inject",
               {{"operation", "BatchWriteItem"}, {"what", "unprocessed"}, {"items", 10}, {"times", 2}});
  BatchWrite write{.table = "tasks", .key_names = {"task_id"}};
  for (int i = 0; i < 20; ++i) write.deletes.push_back(key(std::to_string(i)));
  EXPECT_TRUE(dynamo_.write_all(write).all_done());
  EXPECT_THAT(aws_.operations(), SizeIs(3));
  EXPECT_THAT(stored(), SizeIs(20));
  aws_.operations();
  aws_.control("inject",
               {{"operation", "BatchGetItem"}, {"what", "unprocessed"}, {"items", 5}, {"times", 1}});
  BatchGet get{.table = "tasks"};
  for (int i = 0; i < 40; ++i) get.keys.push_back(key(std::to_string(i)));
  EXPECT_THAT(dynamo_.get_all(get), SizeIs(20));
  EXPECT_THAT(aws_.operations(), SizeIs(2));
  EXPECT_THAT(aws_.waiting.waits, SizeIs(3));
}

TEST_F(DynamoDbTest, ItemsThatStayUnprocessedAreReported) {
  aws_.control("inject",
               {{"operation", "BatchWriteItem"}, {"what", "unprocessed"}, {"items", 2}, {"times", 100}});
  const auto result = dynamo_.write_all(BatchWrite{
      .table = "tasks", .key_names = {"task_id"}, .puts = {task("a", 1), task("b", 1), task("c", 1)}});
  EXPECT_THAT(result.puts, ElementsAre(State::not_done, State::not_done, State::done));
  EXPECT_TRUE(result.error->throttled);
  EXPECT_THAT(stored(), ElementsAre("c"));
}

TEST_F(DynamoDbTest, ABatchOfUnknownOutcomeSaysSoWhenItMayNotBeRepeated) {
  BatchWrite write{
      .table = "tasks", .key_names = {"task_id"}, .puts = {task("a", 1)}, .repeat = Repeat::unless_uncertain};
  aws_.inject("BatchWriteItem", "cut_after");
  EXPECT_THAT(dynamo_.write_all(write).puts, ElementsAre(State::unknown));
  EXPECT_THAT(stored(), ElementsAre("a"));
  aws_.inject("BatchWriteItem", "cut_after");
  write.repeat = Repeat::always;
  EXPECT_THAT(dynamo_.write_all(write).puts, ElementsAre(State::done));
}

TEST_F(DynamoDbTest, ATransactionHappensWholeOrNotAtAll) {
  dynamo_.put(PutItem{.table = "tasks", .item = task("a", 1)});
  Transaction move{
      .puts = {{.table = "retry", .item = {{"labourer_id", "resize"}, {"task_id", "a"}, {"due", 9}}}},
      .deletes = {{.table = "tasks",
                   .key = key("a"),
                   .condition = "greenfield = :g",
                   .placeholders = {{}, {{":g", 2}}},
                   .return_item_on_failure = true}},
      .checks = {{.table = "tasks", .key = key("late"), .condition = "attribute_not_exists(task_id)"}}};
  const auto refused = dynamo_.transact(std::span(&move, 1)).front();
  EXPECT_FALSE(refused.done());
  EXPECT_TRUE(refused.condition_failed());
  ASSERT_THAT(refused.reasons, SizeIs(3));
  EXPECT_EQ(refused.reasons[0].code, "None");
  EXPECT_EQ(refused.reasons[1].code, "ConditionalCheckFailed");
  EXPECT_EQ(refused.reasons[1].item, task("a", 1));
  EXPECT_THAT(stored(), ElementsAre("a"));
  move.deletes[0].placeholders.values[":g"] = 1;
  EXPECT_TRUE(dynamo_.transact(std::span(&move, 1)).front().done());
  EXPECT_THAT(stored(), SizeIs(0));
  EXPECT_THAT(dynamo_.scan({.table = "retry", .index = "due"}).items, SizeIs(1));
}

TEST_F(DynamoDbTest, ATransactionOfUnknownOutcomeIsRepeatedWithoutHarm) {
  dynamo_.put(PutItem{.table = "tasks", .item = task("a", 1)});
  const Transaction once{.updates = {claim("a", 9000)}};
  aws_.inject("TransactWriteItems", "cut_after");
  EXPECT_TRUE(dynamo_.transact(std::span(&once, 1)).front().done());
  EXPECT_EQ(dynamo_.get({.table = "tasks", .key = key("a")})->at("attempts").integer(), 1);
}

TEST_F(DynamoDbTest, InvalidRequestsAreRefusedWithAReason) {
  const auto code = [&](UpdateItem update) {
    update.table = "tasks";
    const auto result = dynamo_.update(std::span(&update, 1)).front();
    return result.error ? result.error->code : "none";
  };
  EXPECT_EQ(code({.key = key("a"), .update = "SET status = :s", .placeholders = {{}, {{":s", 1}}}}),
            "ValidationException");
  EXPECT_EQ(code({.key = key("a"), .update = "SET a = :s", .placeholders = {{}, {{":s", 1}, {":t", 1}}}}),
            "ValidationException");
  EXPECT_EQ(code({.key = {{"other", 1}}, .update = "REMOVE a"}), "ValidationException");
  EXPECT_EQ(code({.key = key("a"), .update = "SET task_id = :s", .placeholders = {{}, {{":s", "b"}}}}),
            "ValidationException");
  EXPECT_EQ(code({.key = key(""), .update = "REMOVE a"}), "ValidationException");
  EXPECT_EQ(code({.key = key("a"),
                  .update = "SET p = :s",
                  .placeholders = {{}, {{":s", std::string(420'000, 'x')}}}}),
            "ValidationException");
  EXPECT_EQ(code({.key = key("a"), .update = "REMOVE a"}), "none");
}

TEST_F(DynamoDbTest, AWrongSecretIsRefusedWithoutBeingQuoted) {
  const auto session = aws_.session({{"AWS_SECRET_ACCESS_KEY", "wrong-secret"}});
  DynamoDb dynamo(*session);
  try {
    dynamo.describe_table("tasks");
    FAIL();
  } catch (const AwsError& error) {
    EXPECT_EQ(error.code, "InvalidSignatureException");
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("Canonical")));
  }
}

}  // namespace
}  // namespace sosw::aws
