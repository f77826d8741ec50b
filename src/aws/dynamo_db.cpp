#include "sosw/aws/dynamo_db.h"

#include <algorithm>

#include "aws/dynamo_codec.h"
#include "aws/dynamo_dialect.h"
#include "aws/dynamo_json.h"
#include "aws/query_protocol.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestLimit = 1'000'000;  // more than a page of 1 MB can hold anyway

/// What `read` makes of each success; a body that it can't read is that call's error.
template <class T, class Read>
std::vector<Result<T>> results(Caller& caller, const std::vector<Call>& calls, Read read) {
  std::vector<Result<T>> results;
  results.reserve(calls.size());
  std::vector<Reply> replies = caller.send(calls);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    Result<T>& result = results.emplace_back();
    result.error = std::move(replies[i].error);
    if (result.error) continue;
    try {
      result.value = read(json::parse(replies[i].answer.body));
    } catch (const std::exception& error) {
      result.error = unreadable(caller, calls[i].operation, replies[i].answer, error.what());
    }
  }
  return results;
}

std::optional<Item> member_item(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_object()) return std::nullopt;
  return item_from_json(*found);
}

WriteResult write_result(const Caller& caller, const std::string& operation, Reply reply) {
  WriteResult result;
  try {
    if (!reply.error) {
      result.item = member_item(json::parse(reply.answer.body), "Attributes");
    } else if (reply.error->code == "ConditionalCheckFailedException") {
      result.condition_failed = true;
      result.item = member_item(json::parse(reply.answer.body), "Item");
    } else {
      result.error = std::move(reply.error);
    }
  } catch (const std::exception& error) {
    result.error = unreadable(caller, operation, reply.answer, error.what());
  }
  return result;
}

template <class Request>
std::vector<WriteResult> write(Caller& caller, const char* operation, std::span<const Request> requests,
                               Time give_up_at = DynamoDb::kNever) {
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const Request& request : requests) {
    calls.push_back(dynamo_call(operation, body_of(request), request.repeat));
    calls.back().give_up_at = give_up_at;
  }
  std::vector<WriteResult> results;
  results.reserve(requests.size());
  for (Reply& reply : caller.send(calls))
    results.push_back(write_result(caller, operation, std::move(reply)));
  return results;
}

WriteResult only(std::vector<WriteResult> results) {
  if (results.front().error) throw AwsError(*results.front().error);
  return std::move(results.front());
}

}  // namespace

DynamoDb::DynamoDb(Session& session) : DynamoDb(session.caller(kDynamoDb, 4, 0.025)) {}

std::vector<Result<std::optional<Item>>> DynamoDb::get(std::span<const GetItem> requests) {
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const GetItem& request : requests) calls.push_back(dynamo_call("GetItem", body_of(request)));
  return results<std::optional<Item>>(caller_, calls,
                                      [](const json& body) { return member_item(body, "Item"); });
}

std::optional<Item> DynamoDb::get(const GetItem& request) {
  return get(std::span(&request, 1)).front().take();
}

std::vector<WriteResult> DynamoDb::put(std::span<const PutItem> requests) {
  return write(caller_, "PutItem", requests);
}

std::vector<WriteResult> DynamoDb::update(std::span<const UpdateItem> requests, Time give_up_at) {
  return write(caller_, "UpdateItem", requests, give_up_at);
}

std::vector<WriteResult> DynamoDb::remove(std::span<const DeleteItem> requests) {
  return write(caller_, "DeleteItem", requests);
}

WriteResult DynamoDb::put(const PutItem& request) { return only(put(std::span(&request, 1))); }

WriteResult DynamoDb::update(const UpdateItem& request) { return only(update(std::span(&request, 1))); }

WriteResult DynamoDb::remove(const DeleteItem& request) { return only(remove(std::span(&request, 1))); }

std::vector<Result<Page>> DynamoDb::query(std::span<const Query> requests) {
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const Query& request : requests) calls.push_back(dynamo_call("Query", body_of(request)));
  return results<Page>(caller_, calls, page_from);
}

Page DynamoDb::query(const Query& request) { return query(std::span(&request, 1)).front().take(); }

Page DynamoDb::scan(const Scan& request) {
  return results<Page>(caller_, {dynamo_call("Scan", body_of(request))}, page_from).front().take();
}

std::vector<Item> DynamoDb::query_all(Query request, std::size_t at_most) {
  std::vector<Item> items;
  while (items.size() < at_most) {
    if (request.filter.empty() && at_most - items.size() < kLargestLimit)
      request.limit = static_cast<std::int64_t>(at_most - items.size());
    Page page = query(request);
    std::move(page.items.begin(), page.items.end(), std::back_inserter(items));
    if (!page.last_key) break;
    request.start_after = std::move(page.last_key);
  }
  if (items.size() > at_most) items.resize(at_most);
  return items;
}

std::int64_t DynamoDb::count_all(Query request) {
  std::int64_t count = 0;
  request.count_only = true;
  do {
    Page page = query(request);
    count += page.count;
    request.start_after = std::move(page.last_key);
  } while (request.start_after);
  return count;
}

std::vector<TransactionResult> DynamoDb::transact(std::span<const Transaction> transactions) {
  std::vector<Call> calls;
  calls.reserve(transactions.size());
  for (const Transaction& transaction : transactions) {
    json body = body_of(transaction);
    if (transaction.token.empty()) body["ClientRequestToken"] = caller_.new_id();
    calls.push_back(dynamo_call("TransactWriteItems", body));
  }
  std::vector<TransactionResult> results;
  results.reserve(transactions.size());
  for (Reply& reply : caller_.send(calls)) {
    TransactionResult& result = results.emplace_back();
    result.error = std::move(reply.error);
    if (result.error && result.error->code == "TransactionCanceledException")
      result.reasons = reasons_from(json::parse(reply.answer.body, nullptr, false));
  }
  return results;
}

bool TransactionResult::condition_failed() const {
  return std::any_of(reasons.begin(), reasons.end(),
                     [](const Reason& reason) { return reason.code == "ConditionalCheckFailed"; });
}

TableDescription DynamoDb::describe_table(const std::string& name) {
  return results<TableDescription>(caller_, {dynamo_call("DescribeTable", {{"TableName", name}})},
                                   [](const json& body) { return table_from(body.at("Table")); })
      .front()
      .take();
}

void DynamoDb::create_table(const TableDescription& table) {
  caller_.send_one(dynamo_call("CreateTable", body_of(table)));
}

}  // namespace sosw::aws
