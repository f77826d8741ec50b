#include "table_server.h"

#include <sstream>

#include "text/json.h"

namespace sosw::bench {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kRowsInPage = 3000;  // about 1 MB of them

std::string text_of(const Json& value) { return value.begin().value().get<std::string>(); }

/// Rows of the meta table are the only ones with a range key that matters here.
std::string key_of(const Json& row) { return text_of(row.at("task_id")); }

double number_of(const Json& value) { return std::stod(text_of(value)); }

Json added(const Json& left, const Json& right) {
  return {{"N", std::to_string(std::stoll(text_of(left)) + std::stoll(text_of(right)))}};
}

/// The right side of a SET: a value, an attribute, or if_not_exists(attribute, :value) + :value.
Json evaluated(const std::string& side, const Json& row, const Json& values) {
  if (side.starts_with("if_not_exists(")) {
    const auto comma = side.find(", ");
    const auto end = side.find(')');
    const std::string name = side.substr(14, comma - 14);
    const Json base = row.contains(name) ? row[name] : values.at(side.substr(comma + 2, end - comma - 2));
    return side.size() > end + 1 ? added(base, values.at(side.substr(end + 4))) : base;
  }
  return side[0] == ':' ? values.at(side) : row.at(side);
}

/// "a = :x, b = if_not_exists(b, :y) + :z" at the commas between assignments.
std::vector<std::string> parts_of(const std::string& clause) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (std::size_t i = 0; i < clause.size(); ++i) {
    depth += clause[i] == '(' ? 1 : clause[i] == ')' ? -1 : 0;
    if (clause[i] == ',' && depth == 0) {
      parts.emplace_back();
      ++i;  // the blank
    } else {
      parts.back() += clause[i];
    }
  }
  return parts;
}

void add_members(Json& row, const std::string& name, const Json& value) {
  const std::string type = value.begin().key();
  Json& set = row[name][type];
  std::set<Json> members(set.begin(), set.end());
  members.insert(value[type].begin(), value[type].end());
  set = Json(members);
}

void apply_clause(const std::string& kind, const std::string& clause, Json& row, const Json& before,
                  const Json& parameters, std::set<std::string>& changed) {
  const Json values = parameters.value("ExpressionAttributeValues", Json::object());
  const Json names = parameters.value("ExpressionAttributeNames", Json::object());
  for (const std::string& part : parts_of(clause)) {
    std::string name = part.substr(0, part.find(' '));
    if (name[0] == '#') name = names.at(name);
    changed.insert(name);
    if (kind == "REMOVE") row.erase(name);
    if (kind == "SET") row[name] = evaluated(part.substr(part.find(" = ") + 3), before, values);
    if (kind == "ADD") add_members(row, name, values.at(part.substr(part.find(' ') + 1)));
  }
}

bool passes(const std::string& filter, const Json& row) {
  if (filter == "attribute_not_exists(completed_at)") return !row.contains("completed_at");
  if (filter == "attribute_exists(completed_at)") return row.contains("completed_at");
  return true;
}

}  // namespace

void TableServer::handle(web::Request request, web::Reply reply) {
  web::Answer answer;
  const std::string_view target = request.header("x-amz-target");
  if (target.empty())
    answer.status = 202;  // an invocation on Lambda
  else
    answer.body = perform(target.substr(target.rfind('.') + 1), Json::parse(request.body)).dump();
  due_.push_back({std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                                         std::chrono::duration<double>(delay_)),
                  std::move(reply), std::move(answer)});
}

void TableServer::send_due() {
  const auto now = std::chrono::steady_clock::now();
  for (; !due_.empty() && due_.front().at <= now; due_.pop_front())
    due_.front().reply.send(std::move(due_.front().answer));
}

Json TableServer::perform(std::string_view operation, const Json& parameters) {
  if (operation == "UpdateItem") return update(parameters);
  if (operation == "Query") return query(parameters);
  if (operation == "BatchGetItem") return batch_get(parameters);
  if (operation == "BatchWriteItem") batch_write(parameters);
  if (operation == "PutItem") store(parameters["TableName"], key_of(parameters["Item"]), parameters["Item"]);
  if (operation != "GetItem") return Json::object();
  const auto& rows = tables_[parameters["TableName"]].rows;
  const auto found = rows.find(key_of(parameters["Key"]));
  return found == rows.end() ? Json::object() : Json{{"Item", found->second}};
}

Json TableServer::update(const Json& parameters) {
  const std::string table = parameters["TableName"];
  const std::string key = key_of(parameters["Key"]);
  const auto found = tables_[table].rows.find(key);
  const Json before = found == tables_[table].rows.end() ? parameters["Key"] : found->second;
  Json row = before;
  std::set<std::string> changed;
  std::istringstream words(parameters["UpdateExpression"].get<std::string>());
  std::string kind, clause, word;
  const auto close = [&] {
    if (!kind.empty()) apply_clause(kind, clause, row, before, parameters, changed);
    clause.clear();
  };
  while (words >> word) {
    if (word == "SET" || word == "REMOVE" || word == "ADD") {
      close();
      kind = word;
    } else {
      clause += clause.empty() ? word : " " + word;
    }
  }
  close();
  const std::string returns = parameters.value("ReturnValues", "NONE");
  Json answer = Json::object();
  if (returns == "ALL_OLD") answer["Attributes"] = before;
  if (returns == "ALL_NEW") answer["Attributes"] = row;
  if (returns == "UPDATED_OLD")
    for (const std::string& name : changed)
      if (before.contains(name)) answer["Attributes"][name] = before[name];
  store(table, key, std::move(row));
  return answer;
}

Json TableServer::query(const Json& parameters) {
  Table& table = tables_[parameters["TableName"]];
  const Json& values = parameters["ExpressionAttributeValues"];
  Json items = Json::array();
  Json answer{{"Count", 0}, {"ScannedCount", 0}};
  if (!values.contains(":from")) return answer["Items"] = items, answer;  // of retries and closed tasks: none
  const std::string labourer = text_of(values[":labourer"]);
  auto at = table.queue.lower_bound({labourer, number_of(values[":from"]), ""});
  if (parameters.contains("ExclusiveStartKey")) {
    const Json& start = parameters["ExclusiveStartKey"];
    at = table.queue.upper_bound({labourer, number_of(start["greenfield"]), key_of(start)});
  }
  const double to = number_of(values[":to"]);
  const bool forward = parameters.value("ScanIndexForward", true);
  if (!forward) {  // only ever asked for the last one
    at = table.queue.upper_bound({labourer, to, "~"});
    if (at == table.queue.begin() || std::get<0>(*std::prev(at)) != labourer)
      return answer["Items"] = items, answer;
    --at;
  }
  const std::size_t limit = std::min<std::size_t>(parameters.value("Limit", kRowsInPage), kRowsInPage);
  std::size_t seen = 0;
  std::size_t count = 0;
  for (; at != table.queue.end() && std::get<0>(*at) == labourer && std::get<1>(*at) <= to; ++at) {
    const Json& row = table.rows.at(std::get<2>(*at));
    if (++seen > limit) break;
    answer["LastEvaluatedKey"] = {
        {"labourer_id", row["labourer_id"]}, {"greenfield", row["greenfield"]}, {"task_id", row["task_id"]}};
    if (!passes(parameters.value("FilterExpression", ""), row)) continue;
    ++count;
    if (!parameters.contains("Select")) items.push_back(row);
  }
  if (seen <= limit) answer.erase("LastEvaluatedKey");
  answer["Count"] = count;
  answer["Items"] = std::move(items);
  return answer;
}

Json TableServer::batch_get(const Json& parameters) {
  Json responses = Json::object();
  for (const auto& [name, request] : parameters["RequestItems"].items()) {
    Json& found = responses[name] = Json::array();
    const auto& rows = tables_[name].rows;
    for (const Json& key : request["Keys"])
      if (const auto row = rows.find(key_of(key)); row != rows.end()) found.push_back(row->second);
  }
  return {{"Responses", std::move(responses)}, {"UnprocessedKeys", Json::object()}};
}

void TableServer::batch_write(const Json& parameters) {
  for (const auto& [name, writes] : parameters["RequestItems"].items()) {
    for (const Json& write : writes) {
      if (write.contains("PutRequest"))
        store(name, key_of(write["PutRequest"]["Item"]), write["PutRequest"]["Item"]);
      else
        remove(name, key_of(write["DeleteRequest"]["Key"]));
    }
  }
}

void TableServer::store(const std::string& table, const std::string& key, Json row) {
  if (table == "sosw_tasks_meta") return;
  remove(table, key);
  Table& of = tables_[table];
  if (row.contains("labourer_id") && row.contains("greenfield"))
    of.queue.emplace(text_of(row["labourer_id"]), number_of(row["greenfield"]), key);
  of.rows.emplace(key, std::move(row));
}

void TableServer::remove(const std::string& table, const std::string& key) {
  Table& of = tables_[table];
  const auto found = of.rows.find(key);
  if (found == of.rows.end()) return;
  const Json& row = found->second;
  if (row.contains("labourer_id") && row.contains("greenfield"))
    of.queue.erase({text_of(row["labourer_id"]), number_of(row["greenfield"]), key});
  of.rows.erase(found);
}

}  // namespace sosw::bench
