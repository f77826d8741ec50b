#include "aws/clients/row_mapper.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <strings.h>

#include "sosw/model/errors.h"

#include "aws/core/digest.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "17", "-5", "2.50"; no exponent, no bare point.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  return is_digits(text.substr(0, point)) &&
         (point == std::string_view::npos || is_digits(text.substr(point + 1)));
}

bool says(const std::string& text, const char* word) { return strcasecmp(text.c_str(), word) == 0; }

std::string number_text(const json& number) {
  if (number.is_number_float()) return fmt::format("{}", number.get<double>());
  return number.dump();
}

AttributeValue guessed(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return AttributeValue::boolean(value.get<bool>());
    case json::value_t::object: {
      Item map;
      for (const auto& [name, entry] : value.items()) map.emplace(name, guessed(entry));
      return map;
    }
    case json::value_t::array: {
      AttributeValue::List list;
      for (const json& entry : value) list.push_back(guessed(entry));
      return list;
    }
    case json::value_t::string: {
      const auto text = value.get<std::string>();
      if (is_plain_number(text)) return AttributeValue::Number{text};
      if (says(text, "true") || says(text, "false")) return AttributeValue::boolean(says(text, "true"));
      return text;
    }
    default:
      break;
  }
  if (value.is_number()) return AttributeValue::Number{number_text(value)};
  return {};
}

AttributeValue boolean_from(const json& value) {
  if (value.is_boolean()) return AttributeValue::boolean(value.get<bool>());
  if (value.is_string() && (says(value, "true") || says(value, "false")))
    return AttributeValue::boolean(says(value, "true"));
  if (value.is_number()) return AttributeValue::boolean(value.get<double>() != 0);
  throw std::invalid_argument("it is neither true nor false");
}

AttributeValue number_from(const json& value) {
  if (value.is_number()) return AttributeValue::Number{number_text(value)};
  if (value.is_string())
    if (const auto text = value.get<std::string>(); is_plain_number(text))
      return AttributeValue::Number{text};
  throw std::invalid_argument("it is no number");
}

AttributeValue set_from(const json& value, bool of_numbers) {
  if (!value.is_array() || value.empty()) throw std::invalid_argument("it is no list with members");
  std::vector<std::string> members;
  for (const json& member : value)
    members.push_back(of_numbers ? number_from(member).number_text() : member.get<std::string>());
  if (of_numbers) return AttributeValue::NumberSet{std::move(members)};
  return AttributeValue::StringSet{std::move(members)};
}

AttributeValue typed(const json& value, const std::string& type) {
  if (value.is_null()) return {};
  if (type == "S") return value.is_string() ? value.get<std::string>() : value.dump();
  if (type == "N") return number_from(value);
  if (type == "BOOL") return boolean_from(value);
  if (type == "SS" || type == "NS") return set_from(value, type == "NS");
  if (type == "B") return AttributeValue::Binary{from_base64(value.get<std::string>())};
  if (type == "M" ? !value.is_object() : !value.is_array())
    throw std::invalid_argument(type == "M" ? "it is no object" : "it is no list");
  return guessed(value);
}

/// An integer if it fits 64 bits, else a double.
json plain_number(const std::string& text) {
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [stop, problem] = std::from_chars(text.data(), end, whole);
      problem == std::errc() && stop == end)
    return whole;
  std::uint64_t large = 0;
  if (const auto [stop, problem] = std::from_chars(text.data(), end, large);
      problem == std::errc() && stop == end)
    return large;
  double fraction = 0;
  std::from_chars(text.data(), end, fraction);
  return fraction;
}

struct PlainWriter {
  json operator()(const AttributeValue::Null&) const { return nullptr; }
  json operator()(bool truth) const { return truth; }
  json operator()(const std::string& text) const { return text; }
  json operator()(const AttributeValue::Number& number) const { return plain_number(number.text); }
  json operator()(const AttributeValue::Binary& binary) const { return base64(binary.bytes); }
  json operator()(const AttributeValue::StringSet& set) const { return set.members; }
  json operator()(const AttributeValue::NumberSet& set) const {
    json list = json::array();
    for (const std::string& member : set.members) list.push_back(plain_number(member));
    return list;
  }
  json operator()(const AttributeValue::BinarySet& set) const {
    json list = json::array();
    for (const std::string& bytes : set.members) list.push_back(base64(bytes));
    return list;
  }
  json operator()(const AttributeValue::List& list) const {
    json result = json::array();
    for (const AttributeValue& entry : list) result.push_back(std::visit(*this, entry.value));
    return result;
  }
  json operator()(const Item& map) const {
    json result = json::object();
    for (const auto& [name, entry] : map) result[name] = std::visit(*this, entry.value);
    return result;
  }
};

}  // namespace

RowMapper::RowMapper(Types types) : types_(std::move(types)) {
  constexpr std::array<std::string_view, 8> known = {"S", "N", "BOOL", "M", "L", "B", "SS", "NS"};
  for (const auto& [field, type] : types_)
    if (std::find(known.begin(), known.end(), type) == known.end())
      throw InvalidConfig("row_mapper." + field,
                          fmt::format("'{}' is no type; use one of S, N, BOOL, M, L, B, SS, NS", type));
}

Item RowMapper::to_item(const json& row, bool only_typed) const {
  Item item;
  for (const auto& [field, value] : row.items()) {
    const auto type = types_.find(field);
    if (type == types_.end() && only_typed) continue;
    try {
      item.emplace(field, type == types_.end() ? guessed(value) : typed(value, type->second));
    } catch (const std::exception& error) {
      throw std::invalid_argument(fmt::format("field {}: {}", field, error.what()));
    }
  }
  return item;
}

json RowMapper::to_row(const Item& item) const {
  json row = json::object();
  for (const auto& [field, value] : item) {
    row[field] = std::visit(PlainWriter(), value.value);
    const auto type = types_.find(field);
    if (type == types_.end() || type->second != "S" || !row[field].is_string()) continue;
    json document = json_or_discarded<json>(row[field].get_ref<const std::string&>());
    if (document.is_object()) row[field] = std::move(document);
  }
  return row;
}

}  // namespace sosw::aws
