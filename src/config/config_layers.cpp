#include "config/config_layers.h"

#include <algorithm>
#include <map>
#include <vector>

#include "sosw/model/errors.h"

#include "text/parse_json.h"

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

/// Objects are equal regardless of the order of their keys.
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

void lay_over(Json& below, const Json& above, Lists lists) {
  for (const auto& [key, value] : above.items()) {
    const auto found = below.find(key);
    if (found == below.end())
      below[key] = value;
    else if (found->is_object() && value.is_object())
      lay_over(*found, value, lists);
    else if (lists == Lists::joined && found->is_array() && value.is_array())
      *found = joined(*found, value);
    else
      *found = value;
  }
}

}  // namespace

Json layered(Json below, const Json& above, Lists lists) {
  lay_over(below, above, lists);
  return below;
}

std::vector<ConfigLayer> config_layers(std::span<const std::string> names,
                                       std::span<ConfigSource* const> sources) {
  std::vector<std::map<std::string, std::string>> found;
  for (ConfigSource* source : sources) found.push_back(source->find(names));
  std::vector<ConfigLayer> layers;
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const auto value = found[i].find(name);
      if (value == found[i].end()) continue;
      const ConfigLayer& layer =
          layers.emplace_back(ConfigLayer{name, sources[i]->name(), json_or_discarded(value->second)});
      if (!layer.content.is_object())
        throw InvalidConfig(name + " in " + layer.source, "must be a JSON object; see what is stored there");
    }
  }
  return layers;
}

Json assembled_config(const ConfigRequest& request, std::span<ConfigSource* const> sources) {
  std::vector<std::string> names{request.function_name + "_config"};
  if (request.is_essential) names.insert(names.begin(), "sosw_essential_config");
  Json config = request.defaults;
  for (const ConfigLayer& layer : config_layers(names, sources))
    lay_over(config, layer.content, Lists::joined);
  lay_over(config, request.passed, Lists::joined);
  return config;
}

}  // namespace sosw
