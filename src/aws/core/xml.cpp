#include "aws/core/xml.h"

#include <sstream>
#include <stdexcept>

#include <boost/property_tree/xml_parser.hpp>

namespace sosw::aws {

Xml parse_xml(const std::string& text) {
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
