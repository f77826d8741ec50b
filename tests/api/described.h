#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "text/json.h"

namespace sosw {

/// What an OpenAPI document says of answers.
class Described {
 public:
  explicit Described(const std::string& file) {
    std::ifstream stream(file);
    document_ = Json::parse(stream);
  }

  /// What is otherwise than `operation` ("GET /api/v1/jobs") says: fields that are missing, not described, or
  /// of another type.
  std::vector<std::string> problems(const std::string& operation, int status, const std::string& body) const {
    const std::size_t blank = operation.find(' ');
    const Json& methods = document_["paths"][operation.substr(blank + 1)];
    const Json& answers = methods[operation.starts_with("GET") ? "get" : "post"]["responses"];
    const auto answer = answers.find(std::to_string(status));
    if (answer == answers.end()) return {fmt::format("{} is not described: {}", status, body)};
    std::vector<std::string> found;
    compare(followed(*answer)["content"]["application/json"]["schema"], Json::parse(body), "", found);
    return found;
  }

 private:
  const Json& followed(const Json& one) const {
    const auto reference = one.find("$ref");
    return reference == one.end() ? one
                                  : document_.at(Json::json_pointer(reference->get<std::string>().substr(1)));
  }

  static bool is_of(const Json& value, const std::string& type) {
    if (type == "null") return value.is_null();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
  }

  void compare(const Json& schema_or_reference, const Json& value, const std::string& where,
               std::vector<std::string>& found) const {
    const Json& schema = followed(schema_or_reference);
    if (schema.contains("oneOf")) {
      for (const Json& one : schema["oneOf"])
        if (is_of(value, followed(one)["type"])) return compare(one, value, where, found);
      found.push_back(where + ": is none of those that are described");
      return;
    }
    const auto type = schema.find("type");
    if (type == schema.end()) return;
    const Json types = type->is_array() ? *type : Json::array({*type});
    if (std::ranges::none_of(types, [&](const Json& one) { return is_of(value, one); }))
      return found.push_back(
          fmt::format("{}: is no {}", where, fmt::join(types.get<std::vector<std::string>>(), " or ")));
    const auto allowed = schema.find("enum");
    if (allowed != schema.end() && std::ranges::find(*allowed, value) == allowed->end())
      found.push_back(fmt::format("{}: {} is not described", where, value.dump()));
    if (value.is_array())
      for (std::size_t i = 0; i < value.size(); ++i)
        compare(schema["items"], value[i], fmt::format("{}[{}]", where, i), found);
    if (value.is_object() && schema.contains("properties")) compare_members(schema, value, where, found);
  }

  void compare_members(const Json& schema, const Json& value, const std::string& where,
                       std::vector<std::string>& found) const {
    const Json& properties = schema["properties"];
    for (const Json& name : schema["required"])
      if (!value.contains(name.get<std::string>()))
        found.push_back(where + "." + name.get<std::string>() + ": is missing");
    for (const auto& [name, member] : value.items()) {
      const auto property = properties.find(name);
      if (property == properties.end())
        found.push_back(fmt::format("{}.{}: is not described", where, name));
      else
        compare(*property, member, fmt::format("{}.{}", where, name), found);
    }
  }

  Json document_;
};

}  // namespace sosw
