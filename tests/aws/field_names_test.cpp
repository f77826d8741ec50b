// Tables whose fields are called otherwise than usual.

#include "aws/clients/field_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"

#include "aws/fake/python_script.h"
#include "store/dynamo/dynamo_store.h"
#include "store/dynamo/dynamo_store_fixture.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(FieldNames, ReplaceNamesInExpressionsAndNothingElse) {
  const FieldNames names({{"labourer_id", "function"}, {"greenfield", "position"}});
  UpdateItem update{
      .table = "t",
      .key = {{"labourer_id", "a"}},
      .update = "SET greenfield = :greenfield, other = if_not_exists(greenfield, :zero)",
      .condition = "attribute_exists(labourer_id) AND #x > :y AND greenfield_of = other.greenfield",
      .placeholders = {{{"#x", "greenfield"}}, {{":greenfield", Item{{"greenfield", 1}}}}}};
  names.to_table(update);
  EXPECT_EQ(update.key, (Item{{"function", "a"}}));
  EXPECT_EQ(update.update, "SET #greenfield = :greenfield, other = if_not_exists(#greenfield, :zero)");
  EXPECT_EQ(update.condition,
            "attribute_exists(#labourer_id) AND #x > :y AND greenfield_of = other.greenfield");
  EXPECT_THAT(update.placeholders.names,
              UnorderedElementsAre(std::pair("#x", "position"), std::pair("#greenfield", "position"),
                                   std::pair("#labourer_id", "function")));
  EXPECT_EQ(update.placeholders.values, (Item{{":greenfield", Item{{"greenfield", 1}}}}));
}

TEST(FieldNames, MayBeSwapped) {
  const FieldNames names({{"greenfield", "attempts"}, {"attempts", "greenfield"}});
  const Item usual{{"greenfield", 1}, {"attempts", 2}, {"payload", "{}"}};
  Item item = usual;
  names.to_table(item);
  EXPECT_EQ(item, (Item{{"greenfield", 2}, {"attempts", 1}, {"payload", "{}"}}));
  names.from_table(item);
  EXPECT_EQ(item, usual);
}

TEST(FieldNames, AreRefusedWhenDuplicateOrEmpty) {
  using Names = std::map<std::string, std::string>;
  for (const Names& wrong : {Names{{"greenfield", "x"}, {"attempts", "x"}}, Names{{"greenfield", ""}},
                             Names{{"greenfield", "sosw_token"}}})
    EXPECT_THROW(FieldNames{wrong}, InvalidConfig);
}

TEST(FieldNames, AreThoseThatPythonReadsAndWrites) {
  FakeAws aws;
  const auto session = aws.session();
  DynamoDb dynamo(*session);
  const DynamoTables tables{
      .field_names = {{"task_id", "id"}, {"labourer_id", "function"}, {"greenfield", "position"}}};
  for (const TableDescription& table : tables.descriptions()) dynamo.create_table(table);
  DynamoStore store(dynamo, aws.random, tables);
  const auto python = [&](const char* step) {
    return run_script("fake/interop.py", {{"url", aws.url}, {"step", step}});
  };
  constexpr Time kThen{1'795'490'346.8965256};  // as in the script
  Job job;
  job.job_id = kJobId;
  job.labourer_id = "worker";
  job.created_at = kThen;
  store.accept(job);
  store.append(job, 0, std::vector<std::string>{R"({"n": 1})", R"({"n": 2})"}, true, kThen);
  EXPECT_EQ(python("read_other_names"), (json{task_id(kJobId, 0), task_id(kJobId, 1)}));
  python("schedule_with_other_names");
  const auto claimed = store.claim({"worker", 1, 1, kThen, kAttemptTimeout, "token"});
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].task_id, "0123456789ab1def0000000000000001");
  EXPECT_EQ(claimed[0].labourer_id, "worker");
  EXPECT_EQ(claimed[0].payload, R"({"function": "of the payload"})");
}

}  // namespace
}  // namespace sosw::aws
