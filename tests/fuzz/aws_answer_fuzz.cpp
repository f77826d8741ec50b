// Answers of AWS services, and what stands between us and them: a result or AwsError, never anything else,
// and no secret of ours in an error that quotes us. The first byte chooses the call, the second the status;
// then the body.

#include <array>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "aws/clients/cloud_watch.h"
#include "aws/clients/dynamo_db.h"
#include "aws/clients/lambda.h"
#include "aws/clients/secrets_manager.h"
#include "aws/clients/sns.h"
#include "aws/clients/ssm.h"
#include "aws/core/sts.h"
#include "aws/fake/one_answer.h"

namespace {

using namespace sosw;
using namespace sosw::aws;

const Item kKey{{"task_id", "a"}};

template <class Results>
void throw_first_error(const Results& results) {
  for (const auto& result : results)
    if (result.error) throw AwsError(*result.error);
}

const std::array<std::function<void(OneAnswer&)>, 16> kCalls = {
    [](OneAnswer& world) { DynamoDb(world.caller("dynamodb")).get(GetItem{.table = "t", .key = kKey}); },
    [](OneAnswer& world) {
      DynamoDb(world.caller("dynamodb"))
          .put(PutItem{.table = "t",
                       .item = kKey,
                       .condition = "attribute_not_exists(task_id)",
                       .return_item_on_failure = true});
    },
    [](OneAnswer& world) {
      DynamoDb(world.caller("dynamodb")).query(Query{.table = "t", .key_condition = "task_id = a"});
    },
    [](OneAnswer& world) { DynamoDb(world.caller("dynamodb")).get_all({.table = "t", .keys = {kKey}}); },
    [](OneAnswer& world) {
      DynamoDb(world.caller("dynamodb"))
          .write_all(BatchWrite{.table = "t", .key_names = {"task_id"}, .puts = {kKey, {{"task_id", "b"}}}});
    },
    [](OneAnswer& world) {
      const Transaction transaction{.puts = {{.table = "t", .item = kKey}},
                                    .deletes = {{.table = "u", .key = kKey}}};
      throw_first_error(DynamoDb(world.caller("dynamodb")).transact({&transaction, 1}));
    },
    [](OneAnswer& world) { DynamoDb(world.caller("dynamodb")).describe_table("t"); },
    [](OneAnswer& world) { Lambda(world.caller("lambda")).invoke(LambdaInvoke{.function = "f"}); },
    [](OneAnswer& world) { Lambda(world.caller("lambda")).configuration("f"); },
    [](OneAnswer& world) {
      const SnsMessage message{.message = "m", .subject = "s"};
      throw_first_error(Sns(world.caller("sns")).publish_all("arn:aws:sns:eu-west-1:1:t", {&message, 1}));
    },
    [](OneAnswer& world) {
      const MetricQuery query{.name_space = "n", .metric = "m", .from = 0, .to = 600};
      CloudWatch(world.caller("cloudwatch")).data({&query, 1}, 0, 600);
    },
    [](OneAnswer& world) {
      const MetricQuery query{.name_space = "n", .metric = "m", .from = 0, .to = 600};
      throw_first_error(CloudWatch(world.caller("cloudwatch")).statistics({&query, 1}));
    },
    [](OneAnswer& world) { Ssm(world.caller("ssm")).parameters_below("/sosw/"); },
    [](OneAnswer& world) { SecretsManager(world.caller("secretsmanager")).value("id"); },
    [](OneAnswer& world) { Sts(world.caller("sts")).caller_identity(); },
    [](OneAnswer& world) {
      Sts(world.caller("sts")).assume({.arn = "arn:aws:iam::1:role/r", .session_name = "s"});
    },
};

constexpr std::array kStatuses = {200, 400, 403, 404, 429, 500, 503};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  OneAnswer world(kStatuses[data[1] % kStatuses.size()],
                  std::string(reinterpret_cast<const char*>(data) + 2, size - 2));
  if (world.answer.body.find(kSecret) != std::string::npos) return 0;  // theirs, then: libFuzzer finds it out
  try {
    kCalls[data[0] % kCalls.size()](world);
  } catch (const AwsError& error) {
    if (std::string_view(error.what()).find(kSecret) != std::string_view::npos) std::abort();
  }
  return 0;
}
