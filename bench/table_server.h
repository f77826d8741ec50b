#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "http/server/server.h"
#include "text/json.h"

namespace sosw::bench {

/// Answers like DynamoDB and Lambda, each call after a fixed time. It knows the calls that our store makes
/// and believes every condition to hold, as it does for a store that is alone: whether the store asks rightly
/// is what tests/aws finds out.
class TableServer final : public web::Handler {
 public:
  explicit TableServer(Seconds delay) : delay_(delay) {}

  void handle(web::Request, web::Reply) override;
  std::uint64_t body_limit(const web::Request&) const override { return 32 << 20; }

  /// Sends the answers that are due.
  void send_due();

 private:
  using Json = nlohmann::json;
  struct Table {
    std::unordered_map<std::string, Json> rows;
    std::set<std::tuple<std::string, double, std::string>> queue;  ///< labourer, greenfield, key
  };
  struct Due {
    std::chrono::steady_clock::time_point at;
    web::Reply reply;
    web::Answer answer;
  };

  Json perform(std::string_view operation, const Json& parameters);
  Json update(const Json& parameters);
  Json query(const Json& parameters);
  Json batch_get(const Json& parameters);
  void batch_write(const Json& parameters);
  void store(const std::string& table, const std::string& key, Json row);
  void remove(const std::string& table, const std::string& key);

  Seconds delay_;
  std::map<std::string, Table> tables_;
  std::deque<Due> due_;
};

}  // namespace sosw::bench
