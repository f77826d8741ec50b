#include "text/json_text.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr std::size_t kShownBytes = 60;  // of a value in a message

constexpr std::string_view kWhiteSpace = " \t\r\n";

std::size_t end_of_text(std::string_view text, std::size_t at) {
  while (text[++at] != '"')
    if (text[at] == '\\') ++at;
  return at + 1;
}

std::size_t end_of_container(std::string_view text, std::size_t at) {
  for (int depth = 0;;) {
    switch (text[at]) {
      case '"':
        at = end_of_text(text, at);
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
}

/// The position of a key, with its quotes.
struct Key {
  std::size_t at;
  std::size_t size;
};

/// The positions of keys that an equal one follows, in ascending order.
std::vector<std::size_t> overridden(std::string_view text, const std::vector<Key>& keys) {
  std::vector<std::string> unescaped;
  unescaped.reserve(keys.size());
  std::vector<std::pair<std::string_view, std::size_t>> names;
  names.reserve(keys.size());
  for (const Key& key : keys) {
    std::string_view name = text.substr(key.at + 1, key.size - 2);
    if (name.find('\\') != std::string_view::npos)
      name = unescaped.emplace_back(decoded(text.substr(key.at, key.size)));
    names.emplace_back(name, key.at);
  }
  std::ranges::sort(names);
  std::vector<std::size_t> positions;
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i - 1].first == names[i].first) positions.push_back(names[i - 1].second);
  std::ranges::sort(positions);
  return positions;
}

/// Copies a document that is known to be valid.
class Compactor {
 public:
  explicit Compactor(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  std::string run() {
    value();
    return std::move(out_);
  }

 private:
  char peek() {
    at_ = text_.find_first_not_of(kWhiteSpace, at_);
    return text_[at_];
  }

  void copy_until(std::size_t end) {
    out_.append(text_, at_, end - at_);
    at_ = end;
  }

  void value() {
    const char first = peek();
    if (first == '{') return object();
    if (first == '[') return list();
    if (first == '"') return copy_until(end_of_text(text_, at_));
    copy_until(std::min(text_.size(), text_.find_first_of(",]} \t\r\n", at_)));
  }

  void list() {
    copy_until(at_ + 1);
    while (peek() != ']') {
      if (text_[at_] == ',') copy_until(at_ + 1);
      value();
    }
    copy_until(at_ + 1);
  }

  void object() {
    const std::size_t start = out_.size();
    std::vector<Key> keys;
    copy_until(at_ + 1);
    while (peek() != '}') {
      if (text_[at_] == ',') {
        copy_until(at_ + 1);
        peek();
      }
      const std::size_t key = out_.size();
      copy_until(end_of_text(text_, at_));
      keys.push_back({key, out_.size() - key});
      peek();
      copy_until(at_ + 1);  // the colon
      value();
    }
    copy_until(at_ + 1);
    if (keys.size() > 1) keep_last(start, keys);
  }

  /// Of equal keys of the object at `start` only the last stays.
  void keep_last(std::size_t start, const std::vector<Key>& keys) {
    const std::vector<std::size_t> dropped = overridden(out_, keys);
    if (dropped.empty()) return;
    std::string kept = "{";
    Members members(std::string_view(out_).substr(start));
    for (Member member; members.next(member);) {
      const auto at = static_cast<std::size_t>(member.key.data() - out_.data());
      if (std::ranges::binary_search(dropped, at)) continue;
      if (kept.size() > 1) kept += ',';
      kept.append(member.key).append(":").append(member.value);
    }
    out_.replace(start, out_.size() - start, kept + '}');
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

JsonText::JsonText(std::string_view text, int deepest) {
  require_json(text, deepest);
  text_ = Compactor(without_byte_order_mark(text)).run();
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (text[at] == '"') return end_of_text(text, at);
  if (text[at] == '{' || text[at] == '[') return end_of_container(text, at);
  while (at < text.size() && text[at] != ',' && text[at] != ']' && text[at] != '}') ++at;
  return at;
}

bool Members::next(Member& member) {
  ++at_;  // the opening brace, or the comma
  if (at_ >= object_.size() || object_[at_] == '}') return false;
  const std::size_t colon = end_of_text(object_, at_);
  member.key = object_.substr(at_, colon - at_);
  at_ = end_of_value(object_, colon + 1);
  member.value = object_.substr(colon + 1, at_ - colon - 1);
  return true;
}

bool Elements::next(std::string_view& element) {
  ++at_;  // the opening bracket, or the comma
  if (at_ >= list_.size() || list_[at_] == ']') return false;
  const std::size_t start = at_;
  at_ = end_of_value(list_, start);
  element = list_.substr(start, at_ - start);
  return true;
}

std::string_view find_member(std::string_view object, std::string_view name) {
  Members members(object);
  for (Member member; members.next(member);)
    if (says(member.key, name)) return member.value;
  return {};
}

void add_member(std::string& object, std::string_view name, std::string_view value) {
  object.back() = ',';
  if (object.size() == 2) object.pop_back();
  object.append(encoded(name)).append(":").append(is_json(value) ? value : encoded(value)).append("}");
}

JsonText with_member(const JsonText& object, std::string_view name, std::string_view value) {
  std::string text = object.text();
  add_member(text, name, value);
  return JsonText(text);
}

bool is_number(std::string_view value) {
  return !value.empty() && (value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
}

bool is_truthy(std::string_view value) {
  if (value.empty() || value == "false" || value == "null") return false;
  if (value == R"("")" || value == "[]" || value == "{}") return false;
  if (!is_number(value)) return true;
  const std::string_view digits = value.substr(0, value.find_first_of("eE"));
  return digits.find_first_of("123456789") != std::string_view::npos;
}

std::string decoded(std::string_view json_text) {
  if (json_text.find('\\') == std::string_view::npos)
    return std::string(json_text.substr(1, json_text.size() - 2));
  return parse_json(json_text).get<std::string>();
}

std::string encoded(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

int compare_text(std::string_view json_text, std::string_view other) {
  const bool plain =
      json_text.find('\\') == std::string_view::npos && other.find('\\') == std::string_view::npos;
  // With the closing quote, a text would not come before those that it is a prefix of.
  if (plain) return json_text.substr(0, json_text.size() - 1).compare(other.substr(0, other.size() - 1));
  return decoded(json_text).compare(decoded(other));
}

bool says(std::string_view json_text, std::string_view text) {
  if (json_text.find('\\') != std::string_view::npos) return decoded(json_text) == text;
  return json_text.size() == text.size() + 2 && json_text.substr(1, text.size()) == text;
}

std::string shown(std::string_view value) {
  std::string line(value.substr(0, kShownBytes));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  if (value.size() <= kShownBytes) return line;
  // Truncation must not split a character.
  while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0U) == 0x80U) line.pop_back();
  if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0x80U) line.pop_back();
  return line + "...";
}

}  // namespace sosw
