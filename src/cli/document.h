#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sosw/essentials/json.h"

namespace sosw {

/// A configuration file as JSON, with the line on which each of its keys stands.
struct Document {
  std::string file;  ///< as the user named it
  Json content;
  std::map<std::string, int, std::less<>>
      lines;  ///< by the path of the key, such as "labourers.resize.retry"

  /// "sosw.yaml:12: labourers.resize.retry": the place of the key, or of the nearest one above it that
  /// exists.
  std::string place_of(std::string_view path) const;
};

/// Reads YAML, or JSON when the name ends in .json. Throws InvalidConfig that names file, line and column for
/// what can't be read, is empty, or has a key twice.
Document read_document(const std::string& file);

}  // namespace sosw
