#include "aws/clients/dynamo_json.h"

#include <algorithm>
#include <stdexcept>

#include "aws/core/digest.h"

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

/// One value after the other, into a text.
struct TextWriter {
  void operator()(const AttributeValue::Null&) const { out += R"({"NULL":true})"; }
  void operator()(bool truth) const { out += truth ? R"({"BOOL":true})" : R"({"BOOL":false})"; }
  void operator()(const std::string& text) const { typed(R"({"S":)", text); }
  void operator()(const AttributeValue::Number& number) const { typed(R"({"N":)", number.text); }
  void operator()(const Item& map) const {
    out += R"({"M":)";
    append_json(out, map);
    out += '}';
  }
  void operator()(const AttributeValue::List& list) const {
    out += R"({"L":[)";
    for (const AttributeValue& entry : list) {
      if (&entry != &list.front()) out += ',';
      std::visit(*this, entry.value);
    }
    out += "]}";
  }
  /// Binary values and sets are rare.
  template <class Rare>
  void operator()(const Rare& rare) const {
    out += Writer()(rare).dump();
  }

  void typed(const char* beginning, const std::string& text) const {
    out += beginning;
    append_json(out, text);
    out += '}';
  }

  std::string& out;
};

std::vector<std::string> texts(const json& list) { return list.get<std::vector<std::string>>(); }

}  // namespace

json to_json(const AttributeValue& value) { return std::visit(Writer(), value.value); }

json to_json(const Item& item) {
  json result = json::object();
  for (const auto& [name, value] : item) result[name] = to_json(value);
  return result;
}

void append_json(std::string& out, const std::string& text) {
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c - 0x20) > 0x7E - 0x20; };
  if (std::ranges::any_of(text, is_odd)) {  // left to the library, which checks and escapes
    out += json(text).dump();
    return;
  }
  out += '"';
  std::size_t written = 0;
  for (std::size_t i; (i = text.find_first_of("\"\\", written)) != std::string::npos; written = i + 1) {
    out.append(text, written, i - written);
    out += '\\';
    out += text[i];
  }
  out.append(text, written);
  out += '"';
}

void append_json(std::string& out, const Item& item) {
  char separator = '{';
  for (const auto& [name, value] : item) {
    out += separator;
    append_json(out, name);
    out += ':';
    std::visit(TextWriter{out}, value.value);
    separator = ',';
  }
  out += item.empty() ? "{}" : "}";
}

void JsonBody::key(const char* name) {
  text_ += text_.empty() ? '{' : ',';
  ((text_ += '"') += name) += "\":";
}

void JsonBody::text(const char* name, const std::string& text) {
  if (text.empty()) return;
  key(name);
  append_json(text_, text);
}

void JsonBody::item(const char* name, const Item& item) {
  if (item.empty()) return;
  key(name);
  append_json(text_, item);
}

void JsonBody::names(const std::map<std::string, std::string>& names) {
  if (!names.empty()) raw("ExpressionAttributeNames", json(names).dump());
}

void JsonBody::raw(const char* name, std::string_view json) {
  key(name);
  text_ += json;
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
