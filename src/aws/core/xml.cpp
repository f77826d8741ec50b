#include "aws/core/xml.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <boost/property_tree/xml_parser.hpp>

namespace sosw::aws {
namespace {

/// The position after the next `end` from `at` on.
std::size_t behind(std::string_view text, std::size_t at, std::string_view end) {
  const std::size_t found = text.find(end, at);
  return found == std::string_view::npos ? text.size() : found + end.size();
}

/// The position after the tag that begins at `at`; its attributes may hold any character.
std::size_t behind_tag(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '>') {
    const char c = text[at++];
    if (c == '"' || c == '\'') at = behind(text, at, std::string_view(&c, 1));
  }
  return std::min(at + 1, text.size());
}

/// The parser recurses for each level, so the depth is checked before. Throws std::invalid_argument.
void require_shallow(std::string_view text) {
  constexpr int deepest = 200;
  int depth = 0;
  for (std::size_t at = text.find('<'); at < text.size(); at = text.find('<', at)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("<![CDATA[")) {
      at = behind(text, at, "]]>");
    } else if (rest.starts_with("<!--")) {
      at = behind(text, at, "-->");
    } else if (rest.starts_with("<?")) {
      at = behind(text, at, "?>");
    } else if (rest.starts_with("<!")) {
      throw std::invalid_argument("not read: it has a document type");
    } else {
      const std::size_t end = behind_tag(text, at);
      const bool is_end = rest.starts_with("</"), is_empty = text.substr(at, end - at).ends_with("/>");
      if (!is_end && ++depth > deepest) throw std::invalid_argument("not read: it is nested too deeply");
      if (is_end || is_empty) --depth;
      at = end;
    }
  }
}

}  // namespace

Xml parse_xml(const std::string& text) {
  require_shallow(text);
  std::istringstream stream(text);
  Xml tree;
  try {
    boost::property_tree::read_xml(stream, tree, boost::property_tree::xml_parser::no_comments);
  } catch (const boost::property_tree::xml_parser_error& error) {
    throw std::invalid_argument("not XML: " + error.message());
  }
  return tree;
}

std::string text_at(const Xml& tree, const std::string& path) { return tree.get<std::string>(path, ""); }

std::vector<const Xml*> members_at(const Xml& tree, const std::string& path) {
  std::vector<const Xml*> members;
  if (const auto list = tree.get_child_optional(path))
    for (const auto& [name, entry] : *list)
      if (name == "member") members.push_back(&entry);
  return members;
}

}  // namespace sosw::aws
