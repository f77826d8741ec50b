#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "text/json_text.h"

namespace sosw {

/// A configuration as JSON, with the origin of each of its keys: a line of a file, or another source.
struct Document {
  std::string file;  ///< as the user named it; empty: none
  Json content;
  std::map<std::string, int, std::less<>>
      lines;  ///< of the file, by the path of the key, such as "labourers.resize.retry"
  std::map<std::string, std::string, std::less<>> origins = {};  ///< of keys from other sources, by path
  JsonText text = {};  ///< the file's contents, with the digits of its numbers; null: no file

  /// "sosw.yaml", or "the installation's configuration" when there is no file.
  std::string name() const;

  /// "sosw.yaml:12", or the other source of the key, or of the nearest existing parent; else the name.
  std::string origin_of(std::string_view path) const;

  /// "sosw.yaml:12: labourers.resize.retry".
  std::string location_of(std::string_view path) const;
};

/// Reads YAML, or JSON when the name ends in .json. Throws InvalidConfig that names file, line and column for
/// a file that can't be parsed, is empty, or has a duplicate key.
Document read_document(const std::string& file);

}  // namespace sosw
