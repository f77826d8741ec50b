#include "aws/clients/attribute_value.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace sosw::aws {
namespace {

template <class T>
const T& as(const AttributeValue::Value& value, const char* kind) {
  if (const T* found = std::get_if<T>(&value)) return *found;
  throw std::invalid_argument(fmt::format("the value is no {}", kind));
}

template <class T>
T read_number(const std::string& text, const char* kind) {
  T number{};
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || stop != end)
    throw std::invalid_argument(fmt::format("the number {} does not fit {}", text, kind));
  return number;
}

}  // namespace

AttributeValue::AttributeValue(double number) : value(Number{fmt::format("{}", number)}) {}

AttributeValue AttributeValue::boolean(bool truth) {
  AttributeValue result;
  result.value = truth;
  return result;
}

const std::string& AttributeValue::text() const { return as<std::string>(value, "text"); }

const std::string& AttributeValue::number_text() const { return as<Number>(value, "number").text; }

std::int64_t AttributeValue::integer() const {
  return read_number<std::int64_t>(number_text(), "a 64-bit integer");
}

double AttributeValue::real() const { return read_number<double>(number_text(), "a double"); }

Time AttributeValue::time() const { return Time(real()); }

bool AttributeValue::truth() const { return as<bool>(value, "boolean"); }

const AttributeValue* find(const Item& item, const std::string& name) {
  const auto found = item.find(name);
  return found == item.end() ? nullptr : &found->second;
}

}  // namespace sosw::aws
