#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sosw/model/errors.h"

#include "text/json.h"

namespace sosw {

// The only door by which JSON comes in: everything in the program that reads JSON does it here (tests/tidy).
//
// A document is one value in UTF-8, nested at most kDeepestJson levels deep, which is checked before anything
// is built, because copying, printing and ending a deep value recurse. Of equal keys the last counts. NUL
// bytes, halves of surrogate pairs and numbers that no double can hold are not JSON here. A byte order mark
// before the document does not count when it is parsed, and is no part of a text that is JSON.

inline constexpr int kDeepestJson = 200;  ///< levels of lists and objects; more is a mistake or an attack

/// What an answer of the engine may have: a document, within what tells of it.
inline constexpr int kDeepestJsonOfEngine = kDeepestJson + 10;

/// Why a text is not accepted, in words that follow its name: "is not valid JSON at line 3, column 7: ...".
struct InvalidJson : Error {
  explicit InvalidJson(const std::string& what) : Error(what), problem(what) {}
  InvalidJson(std::size_t line_, std::size_t column_, const std::string& detail);

  std::string problem;     ///< the same without the place
  std::size_t line = 0;    ///< from 1; 0: it is about the document as a whole
  std::size_t column = 0;  ///< from 1, in bytes
};

/// Builds nothing. Throws InvalidJson; a byte order mark does not count.
void require_json(std::string_view text, int deepest = kDeepestJson);

/// Whether the text is JSON as it stands.
bool is_json(std::string_view text);

/// The same, and the value is an object.
bool is_json_object(std::string_view text);

/// The value; throws InvalidJson. For Json and nlohmann::json.
template <class Value = Json>
Value parse_json(std::string_view text, int deepest = kDeepestJson);

/// The value, or a discarded one (which is neither object, list, text, nor anything else) when it can't be
/// accepted.
template <class Value = Json>
Value json_or_discarded(std::string_view text, int deepest = kDeepestJson);

/// The beginning of each branch: a document that may be nested however deep, with null for every list and
/// object beyond that many levels. Throws InvalidJson for anything else that is wrong with it.
std::string shallow_json(std::string_view text, int levels);

/// The text behind a byte order mark, if it begins with one.
std::string_view without_byte_order_mark(std::string_view text);

}  // namespace sosw
