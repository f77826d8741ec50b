#include "aws/clients/dynamo_db.h"

#include <algorithm>

#include "aws/clients/dynamo_codec.h"
#include "aws/clients/dynamo_dialect.h"
#include "aws/clients/dynamo_json.h"
#include "aws/core/query_protocol.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestLimit = 1'000'000;  // more than a page of 1 MB can hold anyway

/// The result of `read` for each success; a body that can't be parsed is that call's error.
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
      result.value = read(parse_json<json>(replies[i].answer.body));
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
      if (reply.answer.body == "{}") return result;  // the usual case
      result.item = member_item(parse_json<json>(reply.answer.body), "Attributes");
    } else if (reply.error->code == "ConditionalCheckFailedException") {
      result.condition_failed = true;
      result.item = member_item(parse_json<json>(reply.answer.body), "Item");
    } else {
      result.error = std::move(reply.error);
    }
  } catch (const std::exception& error) {
    result.error = unreadable(caller, operation, reply.answer, error.what());
  }
  return result;
}

WriteResult only(std::vector<WriteResult> results) {
  if (results.front().error) throw AwsError(*results.front().error);
  return std::move(results.front());
}

}  // namespace

DynamoDb::DynamoDb(Session& session) : DynamoDb(session.caller(kDynamoDb, 4, 0.025)) {}

const FieldNames* DynamoDb::names_of(const std::string& table) const {
  const auto found = field_names_.find(table);
  return found == field_names_.end() || found->second.empty() ? nullptr : &found->second;
}

/// Empty when there is nothing to translate.
template <class Request>
std::vector<Request> DynamoDb::translated(std::span<const Request> requests) const {
  const auto has_names = [&](const Request& request) { return names_of(request.table) != nullptr; };
  if (std::ranges::none_of(requests, has_names)) return {};
  std::vector<Request> translated(requests.begin(), requests.end());
  for (Request& request : translated)
    if (const FieldNames* names = names_of(request.table)) names->to_table(request);
  return translated;
}

template <class Request>
std::vector<WriteResult> DynamoDb::write(const char* operation, std::span<const Request> requests,
                                         Time give_up_at) {
  const std::vector<Request> translations = translated(requests);
  if (!translations.empty()) requests = translations;
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const Request& request : requests) {
    calls.push_back(dynamo_call(operation, body_of(request), request.repeat));
    calls.back().give_up_at = give_up_at;
  }
  std::vector<WriteResult> results;
  results.reserve(requests.size());
  for (Reply& reply : caller_.send(calls)) {
    const FieldNames* names = names_of(requests[results.size()].table);
    WriteResult& result = results.emplace_back(write_result(caller_, operation, std::move(reply)));
    if (names && result.item) names->from_table(*result.item);
  }
  return results;
}

template <class Request>
std::vector<Result<Page>> DynamoDb::search(const char* operation, std::span<const Request> requests) {
  const std::vector<Request> translations = translated(requests);
  if (!translations.empty()) requests = translations;
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const Request& request : requests) calls.push_back(dynamo_call(operation, body_of(request)));
  std::vector<Result<Page>> pages = results<Page>(caller_, calls, page_from);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const FieldNames* names = names_of(requests[i].table);
    if (!names || !pages[i].value) continue;
    for (Item& item : pages[i].value->items) names->from_table(item);
    if (pages[i].value->last_key) names->from_table(*pages[i].value->last_key);
  }
  return pages;
}

std::vector<Result<std::optional<Item>>> DynamoDb::get(std::span<const GetItem> requests) {
  const std::vector<GetItem> translations = translated(requests);
  if (!translations.empty()) requests = translations;
  std::vector<Call> calls;
  calls.reserve(requests.size());
  for (const GetItem& request : requests) calls.push_back(dynamo_call("GetItem", body_of(request)));
  auto items = results<std::optional<Item>>(caller_, calls,
                                            [](const json& body) { return member_item(body, "Item"); });
  for (std::size_t i = 0; i < items.size(); ++i)
    if (const FieldNames* names = names_of(requests[i].table); names && items[i].value && *items[i].value)
      names->from_table(**items[i].value);
  return items;
}

std::optional<Item> DynamoDb::get(const GetItem& request) {
  return get(std::span(&request, 1)).front().take();
}

std::vector<WriteResult> DynamoDb::put(std::span<const PutItem> requests) {
  return write("PutItem", requests);
}

std::vector<WriteResult> DynamoDb::update(std::span<const UpdateItem> requests, Time give_up_at) {
  return write("UpdateItem", requests, give_up_at);
}

std::vector<WriteResult> DynamoDb::remove(std::span<const DeleteItem> requests) {
  return write("DeleteItem", requests);
}

WriteResult DynamoDb::put(const PutItem& request) { return only(put(std::span(&request, 1))); }

WriteResult DynamoDb::update(const UpdateItem& request) { return only(update(std::span(&request, 1))); }

WriteResult DynamoDb::remove(const DeleteItem& request) { return only(remove(std::span(&request, 1))); }

std::vector<Result<Page>> DynamoDb::query(std::span<const Query> requests) {
  return search("Query", requests);
}

Page DynamoDb::query(const Query& request) { return query(std::span(&request, 1)).front().take(); }

Page DynamoDb::scan(const Scan& request) { return search("Scan", std::span(&request, 1)).front().take(); }

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
    const std::string token = transaction.token.empty() ? caller_.new_id() : transaction.token;
    if (field_names_.empty()) {
      calls.push_back(dynamo_call("TransactWriteItems", body_of(transaction, token)));
      continue;
    }
    Transaction named = transaction;
    const auto translate = [&](auto& writes) {
      for (auto& write : writes)
        if (const FieldNames* names = names_of(write.table)) names->to_table(write);
    };
    translate(named.puts), translate(named.updates), translate(named.deletes), translate(named.checks);
    calls.push_back(dynamo_call("TransactWriteItems", body_of(named, token)));
  }
  std::vector<TransactionResult> results;
  results.reserve(transactions.size());
  for (Reply& reply : caller_.send(calls)) {
    const Transaction& transaction = transactions[results.size()];
    TransactionResult& result = results.emplace_back();
    result.error = std::move(reply.error);
    if (!result.error || result.error->code != "TransactionCanceledException") continue;
    result.reasons = reasons_from(json_or_discarded<json>(reply.answer.body));
    std::size_t index = 0;
    const auto translate = [&](const auto& writes) {
      for (const auto& write : writes) {
        if (index == result.reasons.size()) return;
        TransactionResult::Reason& reason = result.reasons[index++];
        if (const FieldNames* names = names_of(write.table); names && reason.item)
          names->from_table(*reason.item);
      }
    };
    translate(transaction.puts), translate(transaction.updates), translate(transaction.deletes),
        translate(transaction.checks);
  }
  return results;
}

bool TransactionResult::condition_failed() const {
  return std::any_of(reasons.begin(), reasons.end(),
                     [](const Reason& reason) { return reason.code == "ConditionalCheckFailed"; });
}

TableDescription DynamoDb::describe_table(const std::string& name) {
  return results<TableDescription>(caller_, {dynamo_call("DescribeTable", json{{"TableName", name}})},
                                   [](const json& body) { return table_from(body.at("Table")); })
      .front()
      .take();
}

void DynamoDb::create_table(const TableDescription& table) {
  caller_.send_one(dynamo_call("CreateTable", body_of(table)));
}

}  // namespace sosw::aws
