#pragma once

#include <string>
#include <string_view>

#include "text/parse_json.h"

namespace sosw {

// Reading JSON without building a tree: values are views into one text, so that numbers and text keep their
// bytes, and a document of any size needs no additional memory. All functions expect a JsonText, or a part of
// one.

/// A document that is known to be valid, without white space, and with the last of equal keys only; numbers
/// and text as they were written.
class JsonText {
 public:
  JsonText() : text_("null") {}

  /// Throws InvalidJson (parse_json.h).
  explicit JsonText(std::string_view text, int deepest = kDeepestJson);

  /// A value that is part of another one.
  static JsonText piece(std::string_view value) {
    JsonText text;
    text.text_ = value;
    return text;
  }

  const std::string& text() const { return text_; }
  operator std::string_view() const { return text_; }
  bool operator==(std::string_view other) const { return text_ == other; }

 private:
  std::string text_;
};

struct Member {
  std::string_view key;    ///< with its quotes, as it was written
  std::string_view value;  ///< any JSON value
};

/// The end of the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at);

/// The members of an object, one after the other.
class Members {
 public:
  explicit Members(std::string_view object) : object_(object) {}
  bool next(Member&);

 private:
  std::string_view object_;
  std::size_t at_ = 0;
};

/// The elements of a list, one after the other.
class Elements {
 public:
  explicit Elements(std::string_view list) : list_(list) {}
  bool next(std::string_view& element);

 private:
  std::string_view list_;
  std::size_t at_ = 0;
};

/// The member of that name (without quotes); empty when there is none.
std::string_view find_member(std::string_view object, std::string_view name);

/// Adds a member to the text of a JSON object. A value that is not JSON becomes a text of JSON.
void add_member(std::string& object, std::string_view name, std::string_view value);

/// The object with one more member; one of that name is replaced.
JsonText with_member(const JsonText& object, std::string_view name, std::string_view value);

inline bool is_object(std::string_view value) { return !value.empty() && value[0] == '{'; }
inline bool is_list(std::string_view value) { return !value.empty() && value[0] == '['; }
inline bool is_text(std::string_view value) { return !value.empty() && value[0] == '"'; }
inline bool is_null(std::string_view value) { return value == "null"; }
bool is_number(std::string_view value);

/// False for false, null, zero, and empty text, lists and objects; also for a missing value.
bool is_truthy(std::string_view value);

/// The decoded content of a JSON text: without its quotes and escapes.
std::string decoded(std::string_view json_text);

/// The text as JSON; bytes that are not UTF-8 become U+FFFD.
std::string encoded(std::string_view text);

/// The text with U+FFFD for bytes that are not UTF-8.
inline std::string valid_utf8(std::string_view text) { return decoded(encoded(text)); }

/// Orders JSON texts by their decoded content: below, equal to or above 0.
int compare_text(std::string_view json_text, std::string_view other);

/// Whether a JSON text has that decoded content.
bool says(std::string_view json_text, std::string_view text);

/// A value for a message to people: on one line and of bounded length.
std::string shown(std::string_view value);

}  // namespace sosw
