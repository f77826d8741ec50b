#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "aws/core/caller.h"

namespace sosw::aws {

/// The parameters of a JSON protocol.
struct JsonDialect {
  const char* target;   ///< "DynamoDB_20120810."
  const char* version;  ///< "1.0" or "1.1"
};

Call json_call(const JsonDialect&, const std::string& operation, const nlohmann::json& body,
               Repeat repeat = Repeat::always);

/// The same with a body that is JSON already.
Call json_call(const JsonDialect&, const std::string& operation, std::string body,
               Repeat repeat = Repeat::always);

/// Throws AwsError when the answer is not a JSON object.
nlohmann::json json_result(const Caller&, const std::string& operation, const HttpAnswer&);

/// Sends, and decodes the result.
nlohmann::json send_json(Caller&, const JsonDialect&, const std::string& operation,
                         const nlohmann::json& body);

/// Optional members.
std::string text_in(const nlohmann::json&, const char* name);
std::int64_t integer_in(const nlohmann::json&, const char* name);

}  // namespace sosw::aws
