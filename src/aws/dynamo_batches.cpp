// The calls of DynamoDB that take many items and may leave some of them unprocessed.

#include <algorithm>
#include <map>
#include <stdexcept>

#include "sosw/aws/dynamo_db.h"

#include "aws/dynamo_codec.h"
#include "aws/dynamo_dialect.h"
#include "aws/dynamo_json.h"
#include "aws/query_protocol.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using State = BatchWriteResult::State;

constexpr std::size_t kKeysAtOnce = 100;
constexpr std::size_t kWritesAtOnce = 25;
constexpr int kRounds = 8;  // until what is left unprocessed counts as refused

AwsError still_unprocessed(const Caller& caller, const std::string& operation) {
  return AwsError({.service = caller.setup().service,
                   .operation = operation,
                   .code = "Unprocessed",
                   .message = "the table's capacity does not suffice; some items were left again and again",
                   .status = 200,
                   .retryable = true,
                   .throttled = true});
}

/// One write of one of the requests.
struct Place {
  std::size_t request;
  std::size_t index;
  bool is_put;
};

/// Writes on their way, until each has its state.
class WriteRun {
 public:
  WriteRun(Caller& caller, std::span<const BatchWrite> requests) : caller_(caller), requests_(requests) {
    for (std::size_t r = 0; r < requests.size(); ++r) {
      BatchWriteResult& result = results_.emplace_back();
      result.puts.resize(requests[r].puts.size(), State::not_done);
      result.deletes.resize(requests[r].deletes.size(), State::not_done);
      for (std::size_t i = 0; i < requests[r].puts.size(); ++i) pending_.push_back({r, i, true});
      for (std::size_t i = 0; i < requests[r].deletes.size(); ++i) pending_.push_back({r, i, false});
    }
  }

  std::vector<BatchWriteResult> run() {
    for (int round = 1; !pending_.empty() && round <= kRounds; ++round) {
      if (round > 1) caller_.back_off(round - 1);
      send_pending();
    }
    for (const Place& place : pending_) note(place, still_unprocessed(caller_, "BatchWriteItem"));
    return std::move(results_);
  }

 private:
  void send_pending() {
    std::vector<std::vector<Place>> batches;
    for (const Place& place : pending_) {
      if (batches.empty() || batches.back().size() == kWritesAtOnce ||
          batches.back()[0].request != place.request)
        batches.emplace_back();
      batches.back().push_back(place);
    }
    pending_.clear();
    std::vector<Call> calls;
    calls.reserve(batches.size());
    for (const auto& batch : batches) calls.push_back(call_for(batch));
    const std::vector<Reply> replies = caller_.send(calls);
    for (std::size_t i = 0; i < batches.size(); ++i) take(batches[i], replies[i]);
  }

  Call call_for(const std::vector<Place>& batch) const {
    const BatchWrite& request = requests_[batch[0].request];
    json writes = json::array();
    for (const Place& place : batch)
      writes.push_back(place.is_put
                           ? json{{"PutRequest", {{"Item", to_json(request.puts[place.index])}}}}
                           : json{{"DeleteRequest", {{"Key", to_json(request.deletes[place.index])}}}});
    return json_call(kDynamoDialect, "BatchWriteItem",
                     {{"RequestItems", {{request.table, std::move(writes)}}}}, request.repeat);
  }

  void take(const std::vector<Place>& batch, const Reply& reply) {
    if (reply.error) {
      for (const Place& place : batch) {
        state_of(place) = reply.error->maybe_done ? State::unknown : State::not_done;
        note(place, *reply.error);
      }
      return;
    }
    try {
      const BatchWrite& request = requests_[batch[0].request];
      std::vector<Item> left = unprocessed_keys(reply.answer.body, request);
      for (const Place& place : batch) {
        const auto found = std::find(left.begin(), left.end(), key_of(place));
        state_of(place) = found == left.end() ? State::done : State::not_done;
        if (found == left.end()) continue;
        pending_.push_back(place);
        left.erase(found);
      }
      if (!left.empty()) throw std::invalid_argument("it names items that were not sent");
    } catch (const std::exception& error) {
      for (const Place& place : batch) {
        state_of(place) = State::unknown;
        note(place, unreadable(caller_, "BatchWriteItem", reply.answer, error.what()));
        std::erase_if(pending_, [&](const Place& other) {
          return other.request == place.request && other.index == place.index && other.is_put == place.is_put;
        });
      }
    }
  }

  static Item only_key(const Item& item, const BatchWrite& request) {
    Item key;
    for (const std::string& name : request.key_names) key[name] = item.at(name);
    return key;
  }

  static std::vector<Item> unprocessed_keys(const std::string& body, const BatchWrite& request) {
    std::vector<Item> keys;
    const json answer = json::parse(body);
    const auto tables = answer.find("UnprocessedItems");
    if (tables == answer.end() || !tables->is_object()) return keys;
    for (const auto& [table, writes] : tables->items())
      for (const json& write : writes)
        keys.push_back(
            only_key(item_from_json(write.contains("PutRequest") ? write["PutRequest"].at("Item")
                                                                 : write.at("DeleteRequest").at("Key")),
                     request));
    return keys;
  }

  Item key_of(const Place& place) const {
    const BatchWrite& request = requests_[place.request];
    return only_key(place.is_put ? request.puts[place.index] : request.deletes[place.index], request);
  }

  State& state_of(const Place& place) {
    BatchWriteResult& result = results_[place.request];
    return place.is_put ? result.puts[place.index] : result.deletes[place.index];
  }

  void note(const Place& place, const AwsError& error) {
    if (!results_[place.request].error) results_[place.request].error = error;
  }

  Caller& caller_;
  std::span<const BatchWrite> requests_;
  std::vector<BatchWriteResult> results_;
  std::vector<Place> pending_;
};

json slice(const json& list, std::size_t first, std::size_t end) {
  json part = json::array();
  for (std::size_t i = first; i < end; ++i) part.push_back(list[i]);
  return part;
}

json get_body(const BatchGet& request, json keys) {
  json table{{"Keys", std::move(keys)}};
  if (request.consistent) table["ConsistentRead"] = true;
  if (!request.projection.empty()) table["ProjectionExpression"] = request.projection;
  if (!request.names.empty()) table["ExpressionAttributeNames"] = request.names;
  return {{"RequestItems", {{request.table, std::move(table)}}}};
}

}  // namespace

bool BatchWriteResult::all_done() const {
  const auto done = [](State state) { return state == State::done; };
  return std::all_of(puts.begin(), puts.end(), done) && std::all_of(deletes.begin(), deletes.end(), done);
}

std::vector<BatchWriteResult> DynamoDb::write_all(std::span<const BatchWrite> requests) {
  return WriteRun(caller_, requests).run();
}

BatchWriteResult DynamoDb::write_all(const BatchWrite& request) {
  return std::move(write_all(std::span(&request, 1)).front());
}

std::vector<Item> DynamoDb::get_all(const BatchGet& request) {
  std::vector<Item> items;
  json pending = json::array();
  for (const Item& key : request.keys) pending.push_back(to_json(key));
  for (int round = 1; !pending.empty(); ++round) {
    if (round > kRounds) throw still_unprocessed(caller_, "BatchGetItem");
    if (round > 1) caller_.back_off(round - 1);
    std::vector<Call> calls;
    for (std::size_t first = 0; first < pending.size(); first += kKeysAtOnce) {
      const std::size_t end = std::min(first + kKeysAtOnce, pending.size());
      calls.push_back(
          json_call(kDynamoDialect, "BatchGetItem", get_body(request, slice(pending, first, end))));
    }
    pending = json::array();
    for (const Reply& reply : caller_.send(calls)) {
      if (reply.error) throw AwsError(*reply.error);
      try {
        const json body = json::parse(reply.answer.body);
        for (const json& item : body.at("Responses").value(request.table, json::array()))
          items.push_back(item_from_json(item));
        const json left = body.value("UnprocessedKeys", json::object());
        if (left.contains(request.table))
          for (const json& key : left[request.table].at("Keys")) pending.push_back(key);
      } catch (const std::exception& error) {
        throw unreadable(caller_, "BatchGetItem", reply.answer, error.what());
      }
    }
  }
  return items;
}

}  // namespace sosw::aws
