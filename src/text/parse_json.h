#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sosw/model/errors.h"

#include "text/json.h"

namespace sosw {

// The only parser of JSON: everything in the program that reads JSON uses it (tests/tidy).
//
// A document is one value in UTF-8, nested at most kDeepestJson levels deep, which is checked before anything
// is built, because copying, printing and destroying a deep value recurse. Of equal keys the last counts. NUL
// bytes, lone surrogates and numbers that do not fit a double are invalid here. A byte order mark before the
// document is ignored when it is parsed, and invalid in a text that must be JSON.

inline constexpr int kDeepestJson = 200;  ///< levels of lists and objects; more is a mistake or an attack

/// The limit for an answer of the engine: a document inside its envelope.
inline constexpr int kDeepestJsonOfEngine = kDeepestJson + 10;

/// Why a text is rejected, as text that follows its name: "is not valid JSON at line 3, column 7: ...".
struct InvalidJson : Error {
  explicit InvalidJson(const std::string& what) : Error(what), problem(what) {}
  InvalidJson(std::size_t line_, std::size_t column_, const std::string& detail);

  std::string problem;     ///< the same without the position
  std::size_t line = 0;    ///< from 1; 0: it concerns the whole document
  std::size_t column = 0;  ///< from 1, in bytes
};

/// Builds nothing. Throws InvalidJson; a byte order mark is ignored.
void require_json(std::string_view text, int deepest = kDeepestJson);

/// Whether the text is JSON as it stands.
bool is_json(std::string_view text);

/// The same, and the value is an object.
bool is_json_object(std::string_view text);

/// The value; throws InvalidJson. For Json and nlohmann::json.
template <class Value = Json>
Value parse_json(std::string_view text, int deepest = kDeepestJson);

/// The value, or a discarded one (which is neither object, list, text, nor anything else) when it is
/// rejected.
template <class Value = Json>
Value json_or_discarded(std::string_view text, int deepest = kDeepestJson);

/// The document truncated to that many levels: it may be nested to any depth, with null for every deeper list
/// and object. Throws InvalidJson for any other error.
std::string shallow_json(std::string_view text, int levels);

/// The text after a byte order mark, if it begins with one.
std::string_view without_byte_order_mark(std::string_view text);

}  // namespace sosw
