#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "sosw/model/time.h"

namespace sosw::aws {

class AttributeValue;

/// A row of a DynamoDB table, or its key.
using Item = std::map<std::string, AttributeValue>;

/// A value of DynamoDB. Numbers are kept as the transmitted text, so that nothing is lost: 38 digits do not
/// fit a double.
class AttributeValue {
 public:
  struct Null {
    bool operator==(const Null&) const = default;
  };
  struct Number {
    std::string text;
    bool operator==(const Number&) const = default;
  };
  struct Binary {
    std::string bytes;
    bool operator==(const Binary&) const = default;
  };
  struct StringSet {
    std::vector<std::string> members;
    bool operator==(const StringSet&) const = default;
  };
  struct NumberSet {
    std::vector<std::string> members;  ///< as text
    bool operator==(const NumberSet&) const = default;
  };
  struct BinarySet {
    std::vector<std::string> members;
    bool operator==(const BinarySet&) const = default;
  };
  using List = std::vector<AttributeValue>;
  using Value =
      std::variant<Null, bool, std::string, Number, Binary, List, Item, StringSet, NumberSet, BinarySet>;

  AttributeValue() = default;
  AttributeValue(std::string text) : value(std::move(text)) {}
  AttributeValue(const char* text) : value(std::string(text)) {}
  AttributeValue(int number) : AttributeValue(std::int64_t{number}) {}
  AttributeValue(std::int64_t number) : value(Number{std::to_string(number)}) {}
  AttributeValue(double number);  ///< its shortest text that reads back the same
  AttributeValue(Time time) : AttributeValue(time.since_epoch()) {}  ///< its Unix seconds
  AttributeValue(Number number) : value(std::move(number)) {}
  AttributeValue(Binary binary) : value(std::move(binary)) {}
  AttributeValue(List list) : value(std::move(list)) {}
  AttributeValue(Item map) : value(std::move(map)) {}
  AttributeValue(StringSet set) : value(std::move(set)) {}
  AttributeValue(NumberSet set) : value(std::move(set)) {}
  AttributeValue(BinarySet set) : value(std::move(set)) {}
  static AttributeValue boolean(bool);

  /// These throw std::invalid_argument when the value has another type or does not fit.
  const std::string& text() const;
  const std::string& number_text() const;
  std::int64_t integer() const;
  double real() const;
  Time time() const;  ///< of Unix seconds
  bool truth() const;

  bool operator==(const AttributeValue&) const = default;

  Value value;
};

/// The attribute of that name; nullptr when the item has none.
const AttributeValue* find(const Item&, const std::string& name);

}  // namespace sosw::aws
