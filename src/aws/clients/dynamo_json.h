#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "aws/clients/attribute_value.h"

namespace sosw::aws {

/// The wire form of values: {"S": "text"}, {"N": "1"}, ... Decoding throws nlohmann::json::exception or
/// std::invalid_argument for anything else.
nlohmann::json to_json(const AttributeValue&);
nlohmann::json to_json(const Item&);
AttributeValue value_from_json(const nlohmann::json&);
Item item_from_json(const nlohmann::json&);

/// The same as text, without an intermediate document, for speed. Throws nlohmann::json::exception for a text
/// that is not UTF-8.
void append_json(std::string& out, const std::string& text);
void append_json(std::string& out, const Item&);

/// Builds a request's body. Empty texts, names and items are left out.
class JsonBody {
 public:
  explicit JsonBody(const std::string& table) { text("TableName", table); }

  void text(const char* name, const std::string&);
  void item(const char* name, const Item&);
  void names(const std::map<std::string, std::string>&);
  void raw(const char* name, std::string_view json);

  std::string end() && { return std::move(text_ += '}'); }

 private:
  void key(const char* name);

  std::string text_;
};

}  // namespace sosw::aws
