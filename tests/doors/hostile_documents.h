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
      {"lists, 150 levels", nested_lists(within), .is_good = true},
      {"objects, 150 levels", nested_objects(within), .is_good = true},
      {"lists, 250 levels", nested_lists(beyond), .is_deep = true},
      {"objects, 250 levels", nested_objects(beyond), .is_deep = true},
      {"lists, 60,000 levels", nested_lists(far_beyond), .is_deep = true},
      {"objects, 60,000 levels", nested_objects(far_beyond), .is_deep = true},
      {"lists without an end", repeated("[", far_beyond)},
      {"objects without an end", repeated(R"({"a":)", far_beyond)},
      {"a text of brackets", '"' + repeated("[{", far_beyond) + '"', .is_good = true},
      {"a text of deep JSON", '"' + nested_lists(far_beyond) + '"', .is_good = true},
      {"a long list", "[" + repeated("0,", 50'000) + "0]", .is_good = true},
      {"many lists", "[" + repeated("[],", 50'000) + "0]", .is_good = true},
      {"equal keys", R"({"a": 1, "a": 2, "\u0061": 3})", .is_good = true},
      {"half a surrogate pair", R"("\ud800")"},
      {"a surrogate pair the wrong way round", R"("\udc00\ud800")"},
      {"a number too large", "1e400"},
      {"a number too small", "1e-400", .is_good = true},
      {"a large integer", "123456789012345678901234567890", .is_good = true},
      {"very many digits", "1." + repeated("1", 50'000), .is_good = true},
      {"a NUL behind it", "1\0"s},
      {"a NUL within a text", "\"a\0b\""s},
      {"an escaped NUL", R"("a\u0000b")", .is_good = true},
      {"bytes that are not UTF-8", "\"\xff\xfe\""},
      {"half a character", "\"\xe2\x82\""},
      {"an overlong character", "\"\xc0\xaf\""},
      {"a control character in a text", "\"a\x01\""},
      {"nothing", ""},
      {"not a number", "NaN"},
      {"a comment", "/* */ 1"},
      {"a comma too many", "[1,]"},
      {"two values", "1 2"},
  };
}

}  // namespace sosw
