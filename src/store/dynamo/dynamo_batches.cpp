// The calls of DynamoDB that take many items and may leave some of them unprocessed.

#include <algorithm>
#include <limits>
#include <map>
#include <stdexcept>

#include "aws/clients/dynamo_codec.h"
#include "aws/clients/dynamo_db.h"
#include "aws/clients/dynamo_dialect.h"
#include "aws/clients/dynamo_json.h"
#include "aws/core/query_protocol.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using State = BatchWriteResult::State;

constexpr std::size_t kKeysAtOnce = 100;
constexpr std::size_t kWritesAtOnce = 25;
constexpr Seconds kBurst = 10;        // whose capacity may be used at once
constexpr int kRounds = 8;            // until unprocessed writes count as refused
constexpr int kFruitlessRounds = 12;  // until a table that accepts nothing at all counts as unusable

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
struct PendingWrite {
  std::size_t request;
  std::size_t index;
  bool is_put;
};

/// Active writes, until each has its state.
class WriteRun {
 public:
  WriteRun(Caller& caller, std::span<const BatchWrite> requests, std::optional<double> rate)
      : caller_(caller), requests_(requests), rate_(rate) {
    if (rate_) at_once_ = std::max<std::size_t>(1, static_cast<std::size_t>(*rate_ * kBurst / kWritesAtOnce));
    for (std::size_t r = 0; r < requests.size(); ++r) {
      BatchWriteResult& result = results_.emplace_back();
      result.puts.resize(requests[r].puts.size(), State::not_done);
      result.deletes.resize(requests[r].deletes.size(), State::not_done);
      for (std::size_t i = 0; i < requests[r].puts.size(); ++i) pending_.push_back({r, i, true});
      for (std::size_t i = 0; i < requests[r].deletes.size(); ++i) pending_.push_back({r, i, false});
    }
  }

  std::vector<BatchWriteResult> run() {
    for (int fruitless = 0; !pending_.empty() && fruitless < kFruitlessRounds;) {
      const std::size_t before = pending_.size();
      const std::size_t largest = at_once_;
      const Time began = caller_.now();
      hindered_ = false;
      consumed_ = 0;
      send_pending();
      fruitless = pending_.size() < before ? 0 : fruitless + 1;
      at_once_ = hindered_ ? std::max<std::size_t>(1, at_once_ / 2) : rate_ ? largest : at_once_ * 2;
      if (rate_ && !pending_.empty()) caller_.wait(consumed_ / *rate_ - (caller_.now() - began));
      if (hindered_) caller_.back_off(fruitless + 1);
      give_up_late_ones();
    }
    for (const PendingWrite& item_write : pending_)
      note(item_write, still_unprocessed(caller_, "BatchWriteItem"));
    return std::move(results_);
  }

 private:
  void give_up_late_ones() {
    std::erase_if(pending_, [&](const PendingWrite& item_write) {
      if (caller_.now() < requests_[item_write.request].give_up_at) return false;
      note(item_write, still_unprocessed(caller_, "BatchWriteItem"));
      return true;
    });
  }

  /// As many as may be active at once.
  std::vector<std::vector<PendingWrite>> take_batches() {
    std::vector<std::vector<PendingWrite>> batches;
    std::size_t taken = 0;
    for (; taken < pending_.size(); ++taken) {
      const PendingWrite& item_write = pending_[taken];
      if (batches.empty() || batches.back().size() == kWritesAtOnce ||
          batches.back()[0].request != item_write.request) {
        if (batches.size() == at_once_) break;
        batches.emplace_back();
      }
      batches.back().push_back(item_write);
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(taken));
    at_once_ = batches.size();
    return batches;
  }

  void send_pending() {
    const std::vector<std::vector<PendingWrite>> batches = take_batches();
    std::vector<Call> calls;
    calls.reserve(batches.size());
    for (const auto& batch : batches) calls.push_back(call_for(batch));
    const std::vector<Reply> replies = caller_.send(calls);
    for (std::size_t i = 0; i < batches.size(); ++i) take(batches[i], replies[i]);
  }

  Call call_for(const std::vector<PendingWrite>& batch) const {
    const BatchWrite& request = requests_[batch[0].request];
    std::string body = R"({"RequestItems":{)";
    append_json(body, request.table);
    body += ':';
    char separator = '[';
    for (const PendingWrite& item_write : batch) {
      (body += separator) += item_write.is_put ? R"({"PutRequest":{"Item":)" : R"({"DeleteRequest":{"Key":)";
      append_json(body,
                  item_write.is_put ? request.puts[item_write.index] : request.deletes[item_write.index]);
      body += "}}";
      separator = ',';
    }
    body += "]}";
    if (rate_) body += R"(,"ReturnConsumedCapacity":"TOTAL")";
    body += '}';
    Call call = dynamo_call("BatchWriteItem", std::move(body), request.repeat);
    call.give_up_at = request.give_up_at;
    return call;
  }

  void take(const std::vector<PendingWrite>& batch, const Reply& reply) {
    if (reply.error && reply.error->throttled && !reply.error->maybe_done) {
      hindered_ = true;
      pending_.insert(pending_.end(), batch.begin(), batch.end());
      return;
    }
    if (reply.error) {
      for (const PendingWrite& item_write : batch) {
        state_of(item_write) = reply.error->maybe_done ? State::unknown : State::not_done;
        note(item_write, *reply.error);
      }
      return;
    }
    try {
      const BatchWrite& request = requests_[batch[0].request];
      const json answer = parse_json<json>(reply.answer.body);
      if (rate_)
        for (const json& table : answer.value("ConsumedCapacity", json::array()))
          consumed_ += table.value("CapacityUnits", 0.0);
      std::vector<Item> left = unprocessed_keys(answer, request);
      for (const PendingWrite& item_write : batch) {
        if (left.empty()) {
          state_of(item_write) = State::done;
          continue;
        }
        const auto found = std::find(left.begin(), left.end(), key_of(item_write));
        state_of(item_write) = found == left.end() ? State::done : State::not_done;
        if (found == left.end()) continue;
        hindered_ = true;
        pending_.push_back(item_write);
        left.erase(found);
      }
      if (!left.empty()) throw std::invalid_argument("it names items that were not sent");
    } catch (const std::exception& error) {
      for (const PendingWrite& item_write : batch) {
        state_of(item_write) = State::unknown;
        note(item_write, unreadable(caller_, "BatchWriteItem", reply.answer, error.what()));
        std::erase_if(pending_, [&](const PendingWrite& other) {
          return other.request == item_write.request && other.index == item_write.index &&
                 other.is_put == item_write.is_put;
        });
      }
    }
  }

  static Item only_key(const Item& item, const BatchWrite& request) {
    Item key;
    for (const std::string& name : request.key_names) key[name] = item.at(name);
    return key;
  }

  static std::vector<Item> unprocessed_keys(const json& answer, const BatchWrite& request) {
    std::vector<Item> keys;
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

  Item key_of(const PendingWrite& item_write) const {
    const BatchWrite& request = requests_[item_write.request];
    return only_key(item_write.is_put ? request.puts[item_write.index] : request.deletes[item_write.index],
                    request);
  }

  State& state_of(const PendingWrite& item_write) {
    BatchWriteResult& result = results_[item_write.request];
    return item_write.is_put ? result.puts[item_write.index] : result.deletes[item_write.index];
  }

  void note(const PendingWrite& item_write, const AwsError& error) {
    if (!results_[item_write.request].error) results_[item_write.request].error = error;
  }

  Caller& caller_;
  std::span<const BatchWrite> requests_;
  std::vector<BatchWriteResult> results_;
  std::vector<PendingWrite> pending_;
  std::optional<double> rate_;                                     ///< write units a second that may be used
  double consumed_ = 0;                                            ///< write units, of this round
  std::size_t at_once_ = std::numeric_limits<std::size_t>::max();  ///< requests
  bool hindered_ = false;  ///< something was throttled or left unprocessed since it was set to false
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
  std::optional<double> least;
  for (const BatchWrite& request : requests)
    if (const auto rate = write_rate(request.table)) least = std::min(*rate, least.value_or(*rate));
  std::vector<BatchWrite> translations;
  if (!field_names_.empty()) {
    translations.assign(requests.begin(), requests.end());
    for (BatchWrite& request : translations)
      if (const FieldNames* names = names_of(request.table)) names->to_table(request);
    requests = translations;
  }
  return WriteRun(caller_, requests, least).run();
}

void DynamoDb::keep_to_capacity(const std::string& table) {
  const std::int64_t units = describe_table(table).write_units;
  write_rates_.erase(table);
  if (units > 0) write_rates_[table] = static_cast<double>(units) / 2;
}

std::optional<double> DynamoDb::write_rate(const std::string& table) const {
  const auto found = write_rates_.find(table);
  return found == write_rates_.end() ? std::nullopt : std::optional(found->second);
}

BatchWriteResult DynamoDb::write_all(const BatchWrite& request) {
  return std::move(write_all(std::span(&request, 1)).front());
}

std::vector<Item> DynamoDb::get_all(const BatchGet& request) {
  const FieldNames* names = names_of(request.table);
  if (!names) return get_all_named(request);
  BatchGet named = request;
  names->to_table(named);
  std::vector<Item> items = get_all_named(named);
  for (Item& item : items) names->from_table(item);
  return items;
}

std::vector<Item> DynamoDb::get_all_named(const BatchGet& request) {
  std::vector<Item> items;
  json pending = json::array();
  for (const Item& key : request.keys) pending.push_back(to_json(key));
  for (int round = 1; !pending.empty(); ++round) {
    if (round > kRounds) throw still_unprocessed(caller_, "BatchGetItem");
    if (round > 1) caller_.back_off(round - 1);
    std::vector<Call> calls;
    for (std::size_t first = 0; first < pending.size(); first += kKeysAtOnce) {
      const std::size_t end = std::min(first + kKeysAtOnce, pending.size());
      calls.push_back(dynamo_call("BatchGetItem", get_body(request, slice(pending, first, end))));
    }
    pending = json::array();
    for (const Reply& reply : caller_.send(calls)) {
      if (reply.error) throw AwsError(*reply.error);
      try {
        const json body = parse_json<json>(reply.answer.body);
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
