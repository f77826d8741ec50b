#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "aws/clients/attribute_value.h"

namespace sosw::aws {

/// Converts plain JSON rows to items and back, as existing installations do (SPEC 12, SPEC 13.16): fields
/// with a type are stored as that type. The type of others is guessed, so that the texts "17" and "true"
/// become a number and a boolean; that is why task payloads are never converted by this.
class RowMapper {
 public:
  using Types = std::map<std::string, std::string>;  ///< field to one of S N BOOL M L B SS NS

  /// Throws InvalidConfig, naming the field, for an unknown type.
  explicit RowMapper(Types);

  /// `only_typed` leaves out the fields without a type. Throws std::invalid_argument, naming the field, for a
  /// value that can't be converted to its type.
  Item to_item(const nlohmann::json& row, bool only_typed) const;

  /// Numbers become JSON numbers; a text of a field of type S that is a JSON object becomes that object.
  nlohmann::json to_row(const Item&) const;

 private:
  Types types_;
};

}  // namespace sosw::aws
