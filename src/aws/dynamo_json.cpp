#include "aws/dynamo_json.h"

#include <stdexcept>

#include "aws/digest.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

struct Writer {
  json operator()(const AttributeValue::Null&) const { return {{"NULL", true}}; }
  json operator()(bool truth) const { return {{"BOOL", truth}}; }
  json operator()(const std::string& text) const { return {{"S", text}}; }
  json operator()(const AttributeValue::Number& number) const { return {{"N", number.text}}; }
  json operator()(const AttributeValue::Binary& binary) const { return {{"B", base64(binary.bytes)}}; }
  json operator()(const AttributeValue::StringSet& set) const { return {{"SS", set.members}}; }
  json operator()(const AttributeValue::NumberSet& set) const { return {{"NS", set.members}}; }
  json operator()(const Item& map) const { return {{"M", to_json(map)}}; }
  json operator()(const AttributeValue::List& list) const {
    json values = json::array();
    for (const AttributeValue& value : list) values.push_back(to_json(value));
    return {{"L", std::move(values)}};
  }
  json operator()(const AttributeValue::BinarySet& set) const {
    json values = json::array();
    for (const std::string& bytes : set.members) values.push_back(base64(bytes));
    return {{"BS", std::move(values)}};
  }
};

std::vector<std::string> texts(const json& list) { return list.get<std::vector<std::string>>(); }

}  // namespace

json to_json(const AttributeValue& value) { return std::visit(Writer(), value.value); }

json to_json(const Item& item) {
  json result = json::object();
  for (const auto& [name, value] : item) result[name] = to_json(value);
  return result;
}

AttributeValue value_from_json(const json& wire) {
  if (!wire.is_object() || wire.size() != 1) throw std::invalid_argument("a value has one type");
  const std::string& type = wire.begin().key();
  const json& content = wire.begin().value();
  if (type == "S") return content.get<std::string>();
  if (type == "N") return AttributeValue::Number{content.get<std::string>()};
  if (type == "BOOL") return AttributeValue::boolean(content.get<bool>());
  if (type == "NULL") return {};
  if (type == "M") return item_from_json(content);
  if (type == "B") return AttributeValue::Binary{from_base64(content.get<std::string>())};
  if (type == "SS") return AttributeValue::StringSet{texts(content)};
  if (type == "NS") return AttributeValue::NumberSet{texts(content)};
  if (type == "L") {
    AttributeValue::List list;
    for (const json& entry : content) list.push_back(value_from_json(entry));
    return list;
  }
  if (type == "BS") {
    AttributeValue::BinarySet set;
    for (const std::string& text : texts(content)) set.members.push_back(from_base64(text));
    return set;
  }
  throw std::invalid_argument("there is no type " + type);
}

Item item_from_json(const json& wire) {
  Item item;
  for (const auto& [name, value] : wire.items()) item.emplace(name, value_from_json(value));
  return item;
}

}  // namespace sosw::aws
