#include "sosw/essentials/config_layers.h"

#include <algorithm>
#include <map>
#include <vector>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

bool is_plain(const Json& value) { return !value.is_structured(); }

bool is_flat_object(const Json& value) { return value.is_object() && std::ranges::all_of(value, is_plain); }

bool may_be_united(const Json& a, const Json& b) {
  const auto all = [&](auto is_such) {
    return std::ranges::all_of(a, is_such) && std::ranges::all_of(b, is_such);
  };
  return all(is_plain) || all(is_flat_object);
}

/// Objects are the same in whatever order their keys stand.
bool holds(const Json& list, const Json& entry) {
  return std::ranges::any_of(
      list, [&](const Json& other) { return nlohmann::json(other) == nlohmann::json(entry); });
}

Json joined(const Json& below, const Json& above) {
  const bool united = may_be_united(below, above);
  Json list = Json::array();
  for (const Json* part : {&below, &above})
    for (const Json& entry : *part)
      if (!united || !holds(list, entry)) list.push_back(entry);
  return list;
}

void lay_over(Json& below, const Json& above) {
  for (const auto& [key, value] : above.items()) {
    const auto found = below.find(key);
    if (found == below.end())
      below[key] = value;
    else if (found->is_object() && value.is_object())
      lay_over(*found, value);
    else if (found->is_array() && value.is_array())
      *found = joined(*found, value);
    else
      *found = value;
  }
}

}  // namespace

Json layered(Json below, const Json& above) {
  lay_over(below, above);
  return below;
}

Json assembled_config(const ConfigRequest& request, std::span<ConfigSource* const> sources) {
  std::vector<std::string> names{request.function_name + "_config"};
  if (request.is_essential) names.insert(names.begin(), "sosw_essential_config");
  std::vector<std::map<std::string, std::string>> found;
  for (ConfigSource* source : sources) found.push_back(source->find(names));
  Json config = request.defaults;
  for (const std::string& name : names) {
    for (const auto& values : found) {
      const auto value = values.find(name);
      if (value == values.end()) continue;
      const Json layer = Json::parse(value->second, nullptr, false);
      if (!layer.is_object()) throw InvalidConfig(name, "must be a JSON object; see what is stored there");
      lay_over(config, layer);
    }
  }
  lay_over(config, request.passed);
  return config;
}

}  // namespace sosw
