#include "config/document.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <regex>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "sosw/model/errors.h"

#include "config/text_file.h"

namespace sosw {
namespace {

constexpr int kDeepest = 100;  // an alias that contains itself has no end
constexpr auto kLeast = "it needs at least labourers: {word_count: {command: [python3, word_count.py]}}";

/// A plain scalar by the rules of YAML's core schema.
Json plain_scalar(const std::string& text) {
  static const std::regex null("~|null|Null|NULL|"), yes("true|True|TRUE"), no("false|False|FALSE"),
      whole("[-+]?[0-9]+"), hex("0x[0-9a-fA-F]+"), octal("0o[0-7]+"),
      real(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
  if (std::regex_match(text, null)) return nullptr;
  if (std::regex_match(text, yes)) return true;
  if (std::regex_match(text, no)) return false;
  const bool is_hex = std::regex_match(text, hex), is_octal = std::regex_match(text, octal);
  if (is_hex || is_octal || std::regex_match(text, whole)) {
    const char* first = text.data() + (is_hex || is_octal ? 2 : text[0] == '+' ? 1 : 0);
    const char* last = text.data() + text.size();
    std::int64_t number = 0;
    const auto read = std::from_chars(first, last, number, is_hex ? 16 : is_octal ? 8 : 10);
    if (read.ec == std::errc()) return number;
  }
  if (std::regex_match(text, real)) {
    const double number = std::strtod(text.c_str(), nullptr);
    if (std::isfinite(number)) return number;
  }
  return text;
}

/// Turns YAML nodes into JSON and notes the line of every key.
class Translation {
 public:
  explicit Translation(Document& document) : document_(document) {}

  Json translate(const YAML::Node& node, const std::string& path, int depth) {
    if (depth > kDeepest) fail(node, path, "is nested too deeply");
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return translate_map(node, path, depth);
      case YAML::NodeType::Sequence: {
        Json list = Json::array();
        for (const YAML::Node& item : node) {
          const std::string below = fmt::format("{}.{}", path, list.size());
          document_.lines[below] = item.Mark().line + 1;
          list.push_back(translate(item, below, depth + 1));
        }
        return list;
      }
      case YAML::NodeType::Scalar:
        return node.Tag() == "?" ? plain_scalar(node.Scalar()) : Json(node.Scalar());
      default:
        return nullptr;
    }
  }

 private:
  Json translate_map(const YAML::Node& node, const std::string& path, int depth) {
    Json object = Json::object();
    for (const auto& entry : node) {
      const YAML::Node &key = entry.first, &value = entry.second;
      if (!key.IsScalar()) fail(key, path, "a key must be text");
      const std::string below = path.empty() ? key.Scalar() : path + '.' + key.Scalar();
      if (object.contains(key.Scalar()))
        fail(key, below, fmt::format("stands here twice (first on line {})", document_.lines[below]));
      document_.lines[below] = key.Mark().line + 1;
      object[key.Scalar()] = translate(value, below, depth + 1);
    }
    return object;
  }

  [[noreturn]] void fail(const YAML::Node& node, const std::string& path, const std::string& what) const {
    throw InvalidConfig(fmt::format("{}:{}", document_.file, node.Mark().line + 1),
                        path.empty() ? what : path + ": " + what);
  }

  Document& document_;
};

YAML::Node parse_yaml(const std::string& file, const std::string& text) {
  try {
    return YAML::Load(text);
  } catch (const YAML::ParserException& error) {
    throw InvalidConfig(fmt::format("{}:{}:{}", file, error.mark.line + 1, error.mark.column + 1),
                        "is not valid YAML: " + error.msg);
  }
}

/// yaml-cpp reads JSON too, but knows no surrogate pairs and is lenient; it only serves for the lines.
void note_lines_of_json(Document& document, const std::string& text) {
  YAML::Node node;
  try {
    node = YAML::Load(text);
  } catch (const YAML::Exception&) {
    return;
  }
  Translation(document).translate(node, "", 0);
}

}  // namespace

std::string Document::name() const { return file.empty() ? "the installation's configuration" : file; }

std::string Document::origin_of(std::string_view path) const {
  for (std::string_view above = path; !above.empty();) {
    if (const auto line = lines.find(above); line != lines.end())
      return fmt::format("{}:{}", file, line->second);
    if (const auto origin = origins.find(above); origin != origins.end()) return origin->second;
    const auto dot = above.rfind('.');
    above = dot == std::string_view::npos ? "" : above.substr(0, dot);
  }
  return name();
}

std::string Document::place_of(std::string_view path) const {
  return path.empty() ? name() : fmt::format("{}: {}", origin_of(path), path);
}

Document read_document(const std::string& file) {
  const std::string text = read_text_file(file);
  Document document{file, {}, {}};
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw InvalidConfig(file, fmt::format("is empty; {}", kLeast));
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos)
    throw InvalidConfig(fmt::format("{}:{}", file, std::count(text.begin(), text.begin() + nul, '\n') + 1),
                        "holds a NUL byte: is this a text file?");
  if (file.ends_with(".json")) {
    document.content = parse_json(file, text);
    note_lines_of_json(document, text);
  } else {
    document.content = Translation(document).translate(parse_yaml(file, text), "", 0);
  }
  if (document.content.is_null()) throw InvalidConfig(file, fmt::format("is empty; {}", kLeast));
  if (!document.content.is_object())
    throw InvalidConfig(file, fmt::format("must be a map of keys; {}", kLeast));
  return document;
}

}  // namespace sosw
