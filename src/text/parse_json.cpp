#include "text/parse_json.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "text/json_text.h"

namespace sosw {
namespace {

constexpr std::size_t kLargest = 256 << 20;  // bytes; as values they take several times as much
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Whether the brackets outside of texts are nested deeper. Of invalid JSON it sees no less than a parser
/// does before it stops.
bool is_deeper(std::string_view text, int deepest) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '"':
        while (++at < text.size() && text[at] != '"')
          if (text[at] == '\\') ++at;
        break;
      case '{':
      case '[':
        if (++depth > deepest) return true;
        break;
      case '}':
      case ']':
        --depth;
        break;
      default:
        break;
    }
  }
  return false;
}

/// Stores nothing of a document, and reports where it is wrong.
class Examiner final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Examiner(std::string_view text) : text_(text) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }

  bool parse_error(std::size_t byte, const std::string& token,
                   const nlohmann::json::exception& error) override {
    constexpr int too_large_a_number = 406;
    const std::size_t at = std::min(text_.size(), byte > 0 ? byte - 1 : 0);
    const auto line = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    const std::size_t line_start = at == 0 ? 0 : text_.rfind('\n', at - 1) + 1;  // npos + 1 is 0
    // The library's text ends with what it found and expected, after its own description of the position.
    const std::string_view what = error.what();
    const std::size_t index = what.find(": ", std::min(what.size(), what.find("column")));
    throw InvalidJson(static_cast<std::size_t>(line), at - line_start + 1,
                      error.id == too_large_a_number
                          ? fmt::format("the number {} is too large", shown(token))
                          : shown(index == std::string_view::npos ? what : what.substr(index + 2)));
  }

 private:
  std::string_view text_;
};

/// Checks that the library does not make. Throws InvalidJson.
void require_limits(std::string_view text, int deepest) {
  if (text.find('\0') != std::string_view::npos) throw InvalidJson("holds a NUL byte");
  if (is_deeper(text, deepest))
    throw InvalidJson(fmt::format("is nested deeper than {} levels of lists and objects", deepest));
}

}  // namespace

InvalidJson::InvalidJson(std::size_t line_, std::size_t column_, const std::string& detail)
    : Error(fmt::format("is not valid JSON at line {}, column {}: {}", line_, column_, detail)),
      problem("is not valid JSON: " + detail),
      line(line_),
      column(column_) {}

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

void require_json(std::string_view text, int deepest) {
  text = without_byte_order_mark(text);
  require_limits(text, deepest);
  Examiner examiner(text);
  nlohmann::json::sax_parse(text, &examiner);
}

std::string shallow_json(std::string_view text, int levels) {
  text = without_byte_order_mark(text);
  require_json(text, std::numeric_limits<int>::max());
  std::string shallow;
  int depth = 0;
  std::size_t begin = 0;  // of the part to keep
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      while (text[++at] != '"')
        if (text[at] == '\\') ++at;
    } else if (c == '{' || c == '[') {
      if (++depth != levels + 1) continue;
      shallow.append(text.substr(begin, at - begin)).append("null");
    } else if (c == '}' || c == ']') {
      if (--depth == levels) begin = at + 1;
    }
  }
  return shallow.append(text.substr(begin));
}

bool is_json(std::string_view text) {
  return !text.starts_with(kByteOrderMark) && text.find('\0') == std::string_view::npos &&
         !is_deeper(text, kDeepestJson) && nlohmann::json::accept(text);
}

bool is_json_object(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' && is_json(text);
}

template <class Value>
Value parse_json(std::string_view text, int deepest) {
  text = without_byte_order_mark(text);
  if (text.size() > kLargest) throw InvalidJson(fmt::format("is longer than {} bytes", kLargest));
  require_limits(text, deepest);
  Value value = Value::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) require_json(text, deepest);  // reports where
  return value;
}

template <class Value>
Value json_or_discarded(std::string_view text, int deepest) {
  text = without_byte_order_mark(text);
  const bool is_within = text.size() <= kLargest && text.find('\0') == std::string_view::npos;
  return is_within && !is_deeper(text, deepest) ? Value::parse(text, nullptr, /*allow_exceptions=*/false)
                                                : Value(nlohmann::json::value_t::discarded);
}

template Json parse_json<Json>(std::string_view, int);
template nlohmann::json parse_json<nlohmann::json>(std::string_view, int);
template Json json_or_discarded<Json>(std::string_view, int);
template nlohmann::json json_or_discarded<nlohmann::json>(std::string_view, int);

}  // namespace sosw
