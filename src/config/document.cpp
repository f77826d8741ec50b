#include "config/document.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "sosw/model/errors.h"

#include "config/plain_scalar.h"
#include "config/text_file.h"

namespace sosw {
namespace {

// Of a configuration; far beyond real ones. An alias may expand to a lot, and may even contain itself.
constexpr std::size_t kLargestFile = 4 << 20;   // bytes
constexpr std::size_t kMostValues = 200'000;    // with what aliases stand for
constexpr std::size_t kMostKeys = 20'000;       // of one map
constexpr std::size_t kMostOfPaths = 64 << 20;  // bytes of all paths of keys
constexpr auto kLeast = "it needs at least labourers: {word_count: {command: [python3, word_count.py]}}";

/// Turns YAML nodes into the text of a JSON document and notes the line of every key.
class Translation {
 public:
  explicit Translation(Document& document) : document_(document) {}

  std::string text_of(const YAML::Node& node) && {
    translate(node, "", 1);
    return std::move(text_);
  }

 private:
  void translate(const YAML::Node& node, const std::string& path, int depth) {
    if (++values_ > kMostValues)
      fail(node, path,
           fmt::format("the file has more than {} values, with those that aliases stand for", kMostValues));
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return translate_map(node, path, depth);
      case YAML::NodeType::Sequence:
        return translate_list(node, path, depth);
      case YAML::NodeType::Scalar:
        text_ += node.Tag() == "?" ? json_of_plain_scalar(node.Scalar()) : encoded(node.Scalar());
        return;
      default:
        text_ += "null";
    }
  }

  void translate_map(const YAML::Node& node, const std::string& path, int depth) {
    require_depth(node, path, depth);
    if (node.size() > kMostKeys) fail(node, path, fmt::format("has more than {} keys", kMostKeys));
    std::set<std::string> keys;
    text_ += '{';
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      if (!key.IsScalar()) fail(key, path, "a key must be text");
      const std::string below = path.empty() ? key.Scalar() : path + '.' + key.Scalar();
      const int known = document_.lines[below];
      note_line(key, below);
      if (!keys.insert(key.Scalar()).second)
        fail(key, below, fmt::format("stands here twice (first on line {})", known));
      if (keys.size() > 1) text_ += ',';
      text_.append(encoded(key.Scalar())).append(":");
      translate(entry.second, below, depth + 1);
    }
    text_ += '}';
  }

  void translate_list(const YAML::Node& node, const std::string& path, int depth) {
    require_depth(node, path, depth);
    text_ += '[';
    for (std::size_t i = 0; const YAML::Node& item : node) {
      const std::string below = fmt::format("{}.{}", path, i);
      note_line(item, below);
      if (i++ > 0) text_ += ',';
      translate(item, below, depth + 1);
    }
    text_ += ']';
  }

  void require_depth(const YAML::Node& node, const std::string& path, int depth) const {
    if (depth > kDeepestJson)
      fail(node, path, fmt::format("is nested deeper than {} levels of lists and maps", kDeepestJson));
  }

  void note_line(const YAML::Node& node, const std::string& path) {
    path_bytes_ += path.size();
    if (path_bytes_ > kMostOfPaths) fail(node, "", "the file's keys are too long");
    document_.lines[path] = node.Mark().line + 1;
  }

  [[noreturn]] void fail(const YAML::Node& node, const std::string& path, const std::string& what) const {
    throw InvalidConfig(fmt::format("{}:{}", document_.file, node.Mark().line + 1),
                        path.empty() ? what : fmt::format("{}: {}", shown(path), what));
  }

  Document& document_;
  std::string text_;
  std::size_t values_ = 0;
  std::size_t path_bytes_ = 0;
};

YAML::Node parse_yaml(const std::string& file, const std::string& text) {
  try {
    return YAML::Load(text);
  } catch (const YAML::ParserException& error) {
    throw InvalidConfig(fmt::format("{}:{}:{}", file, error.mark.line + 1, error.mark.column + 1),
                        "is not valid YAML: " + error.msg);
  }
}

/// yaml-cpp parses JSON too, but lacks surrogate pairs and is lenient; it is used only for the lines.
void note_lines_of_json(Document& document, const std::string& text) {
  YAML::Node node;
  try {
    node = YAML::Load(text);
  } catch (const YAML::Exception&) {
    return;
  }
  Translation(document).text_of(node);
}

std::string line_of(const std::string& file, const std::string& text, std::size_t at) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
  return fmt::format("{}:{}", file, std::count(text.begin(), end, '\n') + 1);
}

void require_text(const std::string& file, const std::string& text) {
  if (text.size() > kLargestFile)
    throw InvalidConfig(file, fmt::format("is longer than {} bytes", kLargestFile));
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw InvalidConfig(file, fmt::format("is empty; {}", kLeast));
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos)
    throw InvalidConfig(line_of(file, text, nul), "holds a NUL byte: is this a text file?");
  if (const std::string valid = valid_utf8(text); valid != text) {
    const auto differs = std::ranges::mismatch(text, valid).in1;
    throw InvalidConfig(line_of(file, text, static_cast<std::size_t>(differs - text.begin())),
                        "is not valid UTF-8");
  }
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

std::string Document::location_of(std::string_view path) const {
  return path.empty() ? name() : fmt::format("{}: {}", origin_of(path), path);
}

Document read_document(const std::string& file) {
  const std::string text = read_text_file(file);
  require_text(file, text);
  Document document{file, {}, {}};
  if (file.ends_with(".json")) {
    document.text = json_of_file(file, text);
    note_lines_of_json(document, text);
  } else {
    document.text = JsonText(Translation(document).text_of(parse_yaml(file, text)));
  }
  document.content = parse_json(document.text);
  if (document.content.is_null()) throw InvalidConfig(file, fmt::format("is empty; {}", kLeast));
  if (!document.content.is_object())
    throw InvalidConfig(file, fmt::format("must be a map of keys; {}", kLeast));
  return document;
}

}  // namespace sosw
