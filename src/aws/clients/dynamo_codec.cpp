#include "aws/clients/dynamo_codec.h"

#include <initializer_list>
#include <utility>

#include "aws/clients/dynamo_json.h"
#include "aws/core/json_protocol.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

void set_text(json& body, const char* name, const std::string& text) {
  if (!text.empty()) body[name] = text;
}

void set_placeholders(json& body, const Placeholders& placeholders) {
  if (!placeholders.names.empty()) body["ExpressionAttributeNames"] = placeholders.names;
  if (!placeholders.values.empty()) body["ExpressionAttributeValues"] = to_json(placeholders.values);
}

/// Common to single writes, alone and in a transaction.
template <class Request>
JsonBody condition_body(JsonBody body, const Request& request) {
  body.text("ConditionExpression", request.condition);
  body.names(request.placeholders.names);
  body.item("ExpressionAttributeValues", request.placeholders.values);
  if (request.return_item_on_failure) body.text("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
  return body;
}

JsonBody write_body(const PutItem& request) {
  JsonBody body(request.table);
  body.item("Item", request.item);
  return condition_body(std::move(body), request);
}

JsonBody write_body(const UpdateItem& request) {
  JsonBody body(request.table);
  body.item("Key", request.key);
  body.text("UpdateExpression", request.update);
  return condition_body(std::move(body), request);
}

JsonBody write_body(const DeleteItem& request) {
  JsonBody body(request.table);
  body.item("Key", request.key);
  return condition_body(std::move(body), request);
}

const char* return_values(UpdateItem::Return returns) {
  switch (returns) {
    case UpdateItem::Return::all_old:
      return "ALL_OLD";
    case UpdateItem::Return::all_new:
      return "ALL_NEW";
    case UpdateItem::Return::updated_old:
      return "UPDATED_OLD";
    case UpdateItem::Return::updated_new:
      return "UPDATED_NEW";
    case UpdateItem::Return::nothing:
      break;
  }
  return "NONE";
}

/// Common to queries and scans.
template <class Request>
json search_body(const Request& request) {
  json body{{"TableName", request.table}};
  set_text(body, "IndexName", request.index);
  set_text(body, "FilterExpression", request.filter);
  set_text(body, "ProjectionExpression", request.projection);
  set_placeholders(body, request.placeholders);
  if (request.consistent) body["ConsistentRead"] = true;
  if (request.count_only) body["Select"] = "COUNT";
  if (request.limit) body["Limit"] = *request.limit;
  if (request.start_after) body["ExclusiveStartKey"] = to_json(*request.start_after);
  return body;
}

json key_schema(const KeySchema& key) {
  json schema = json::array({{{"AttributeName", key.hash}, {"KeyType", "HASH"}}});
  if (!key.range.empty()) schema.push_back({{"AttributeName", key.range}, {"KeyType", "RANGE"}});
  return schema;
}

KeySchema key_schema_from(const json& schema) {
  KeySchema key;
  for (const json& part : schema)
    (part.at("KeyType") == "HASH" ? key.hash : key.range) = part.at("AttributeName");
  return key;
}

json index_body(const IndexDescription& index, const json& throughput) {
  json body{{"IndexName", index.name},
            {"KeySchema", key_schema(index.key)},
            {"Projection", {{"ProjectionType", index.projection}}}};
  if (!index.included.empty()) body["Projection"]["NonKeyAttributes"] = index.included;
  if (index.global && !throughput.is_null()) body["ProvisionedThroughput"] = throughput;
  return body;
}

IndexDescription index_from(const json& body, bool global) {
  IndexDescription index{.name = body.at("IndexName"),
                         .key = key_schema_from(body.at("KeySchema")),
                         .global = global,
                         .status = text_in(body, "IndexStatus")};
  const json projection = body.value("Projection", json::object());
  index.projection = text_in(projection, "ProjectionType");
  if (projection.contains("NonKeyAttributes")) projection["NonKeyAttributes"].get_to(index.included);
  return index;
}

}  // namespace

std::string body_of(const GetItem& request) {
  JsonBody body(request.table);
  body.item("Key", request.key);
  if (request.consistent) body.raw("ConsistentRead", "true");
  body.text("ProjectionExpression", request.projection);
  body.names(request.names);
  return std::move(body).end();
}

std::string body_of(const PutItem& request) { return write_body(request).end(); }

std::string body_of(const UpdateItem& request) {
  JsonBody body = write_body(request);
  if (request.returns != UpdateItem::Return::nothing)
    body.text("ReturnValues", return_values(request.returns));
  return std::move(body).end();
}

std::string body_of(const DeleteItem& request) {
  JsonBody body = write_body(request);
  if (request.return_old) body.text("ReturnValues", "ALL_OLD");
  return std::move(body).end();
}

json body_of(const Query& request) {
  json body = search_body(request);
  body["KeyConditionExpression"] = request.key_condition;
  if (!request.forward) body["ScanIndexForward"] = false;
  return body;
}

json body_of(const Scan& request) { return search_body(request); }

std::string body_of(const Transaction& request, const std::string& token) {
  std::string body = R"({"TransactItems":)";
  char separator = '[';
  const auto add = [&](const char* kind, const auto& write) {
    (((body += separator) += R"({")") += kind) += R"(":)";
    (body += write_body(write).end()) += '}';
    separator = ',';
  };
  for (const PutItem& put : request.puts) add("Put", put);
  for (const UpdateItem& update : request.updates) add("Update", update);
  for (const DeleteItem& remove : request.deletes) add("Delete", remove);
  for (const Transaction::Check& check : request.checks)
    add("ConditionCheck", DeleteItem{.table = check.table,
                                     .key = check.key,
                                     .condition = check.condition,
                                     .placeholders = check.placeholders,
                                     .return_item_on_failure = check.return_item_on_failure});
  body += separator == '[' ? "[]" : "]";
  body += R"(,"ClientRequestToken":)";
  append_json(body, token);
  return body += '}';
}

json body_of(const TableDescription& table) {
  json body{{"TableName", table.name}, {"KeySchema", key_schema(table.key)}};
  json throughput;
  if (table.read_units > 0 || table.write_units > 0) {
    throughput = {{"ReadCapacityUnits", table.read_units}, {"WriteCapacityUnits", table.write_units}};
    body["ProvisionedThroughput"] = throughput;
  }
  body["BillingMode"] = throughput.is_null() ? "PAY_PER_REQUEST" : "PROVISIONED";
  for (const auto& [name, type] : table.key_types)
    body["AttributeDefinitions"].push_back({{"AttributeName", name}, {"AttributeType", type}});
  for (const IndexDescription& index : table.indexes)
    body[index.global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes"].push_back(
        index_body(index, throughput));
  return body;
}

Page page_from(const json& body) {
  Page page{.count = integer_in(body, "Count"), .looked_at = integer_in(body, "ScannedCount")};
  if (body.contains("Items"))
    for (const json& item : body["Items"]) page.items.push_back(item_from_json(item));
  if (const auto last = body.find("LastEvaluatedKey");
      last != body.end() && !last->is_null() && !last->empty())
    page.last_key = item_from_json(*last);
  return page;
}

TableDescription table_from(const json& body) {
  TableDescription table{.name = body.at("TableName"),
                         .key = key_schema_from(body.at("KeySchema")),
                         .status = text_in(body, "TableStatus"),
                         .arn = text_in(body, "TableArn")};
  for (const json& attribute : body.at("AttributeDefinitions"))
    table.key_types[attribute.at("AttributeName")] = attribute.at("AttributeType");
  const json throughput = body.value("ProvisionedThroughput", json::object());
  table.read_units = integer_in(throughput, "ReadCapacityUnits");
  table.write_units = integer_in(throughput, "WriteCapacityUnits");
  for (const auto& [list, global] :
       {std::pair("GlobalSecondaryIndexes", true), {"LocalSecondaryIndexes", false}})
    if (const auto found = body.find(list); found != body.end() && found->is_array())
      for (const json& index : *found) table.indexes.push_back(index_from(index, global));
  return table;
}

std::vector<TransactionResult::Reason> reasons_from(const json& body) {
  std::vector<TransactionResult::Reason> reasons;
  if (!body.is_object() || !body.contains("CancellationReasons")) return reasons;
  for (const json& entry : body["CancellationReasons"]) {
    TransactionResult::Reason reason{.code = text_in(entry, "Code"), .message = text_in(entry, "Message")};
    if (const auto item = entry.find("Item"); item != entry.end() && item->is_object())
      reason.item = item_from_json(*item);
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace sosw::aws
