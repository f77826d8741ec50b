#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sosw {

/// What somebody may send instead of a value of JSON.
struct HostileDocument {
  std::string name;
  std::string text;
  bool is_good = false;  ///< and is to be taken, wherever it comes
  bool is_deep = false;  ///< it is good but for its depth
};

inline std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

inline std::string nested_lists(std::size_t levels) { return repeated("[", levels) + repeated("]", levels); }

inline std::string nested_objects(std::size_t levels) {
  return repeated(R"({"a":)", levels) + "1" + repeated("}", levels);
}

inline std::vector<HostileDocument> hostile_documents() {
  using namespace std::literals;
  constexpr std::size_t within = 150;  // what stands around it has room in the limit of 200
  constexpr std::size_t beyond = 250;
  constexpr std::size_t far_beyond = 60'000;
  return {
      {.name = "lists, 150 levels", .text = nested_lists(within), .is_good = true},
      {.name = "objects, 150 levels", .text = nested_objects(within), .is_good = true},
      {.name = "lists, 250 levels", .text = nested_lists(beyond), .is_deep = true},
      {.name = "objects, 250 levels", .text = nested_objects(beyond), .is_deep = true},
      {.name = "lists, 60,000 levels", .text = nested_lists(far_beyond), .is_deep = true},
      {.name = "objects, 60,000 levels", .text = nested_objects(far_beyond), .is_deep = true},
      {.name = "lists without an end", .text = repeated("[", far_beyond)},
      {.name = "objects without an end", .text = repeated(R"({"a":)", far_beyond)},
      {.name = "a text of brackets", .text = '"' + repeated("[{", far_beyond) + '"', .is_good = true},
      {.name = "a text of deep JSON", .text = '"' + nested_lists(far_beyond) + '"', .is_good = true},
      {.name = "a long list", .text = "[" + repeated("0,", 50'000) + "0]", .is_good = true},
      {.name = "many lists", .text = "[" + repeated("[],", 50'000) + "0]", .is_good = true},
      {.name = "equal keys", .text = R"({"a": 1, "a": 2, "\u0061": 3})", .is_good = true},
      {.name = "half a surrogate pair", .text = R"("\ud800")"},
      {.name = "a surrogate pair the wrong way round", .text = R"("\udc00\ud800")"},
      {.name = "a number too large", .text = "1e400"},
      {.name = "a number too small", .text = "1e-400", .is_good = true},
      {.name = "a large integer", .text = "123456789012345678901234567890", .is_good = true},
      {.name = "very many digits", .text = "1." + repeated("1", 50'000), .is_good = true},
      {.name = "a NUL behind it", .text = "1\0"s},
      {.name = "a NUL within a text", .text = "\"a\0b\""s},
      {.name = "an escaped NUL", .text = R"("a\u0000b")", .is_good = true},
      {.name = "bytes that are not UTF-8", .text = "\"\xff\xfe\""},
      {.name = "half a character", .text = "\"\xe2\x82\""},
      {.name = "an overlong character", .text = "\"\xc0\xaf\""},
      {.name = "a control character in a text", .text = "\"a\x01\""},
      {.name = "nothing", .text = ""},
      {.name = "not a number", .text = "NaN"},
      {.name = "a comment", .text = "/* */ 1"},
      {.name = "a comma too many", .text = "[1,]"},
      {.name = "two values", .text = "1 2"},
  };
}

}  // namespace sosw
