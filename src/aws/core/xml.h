#pragma once

#include <string>
#include <vector>

#include <boost/property_tree/ptree.hpp>

namespace sosw::aws {

using Xml = boost::property_tree::ptree;

/// Throws std::invalid_argument when the text is not XML.
Xml parse_xml(const std::string&);

/// The text at a dotted path; empty when there is none.
std::string text_at(const Xml&, const std::string& path);

/// The <member> elements of the list at a dotted path. They live as long as the tree.
std::vector<const Xml*> members_at(const Xml&, const std::string& path);

}  // namespace sosw::aws
