#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sosw {

/// What somebody may send instead of a value of JSON.
struct HostileDocument {
  enum Kind {
    bad,
    good,  ///< and is to be taken, wherever it comes
    deep,  ///< it would be good but for its depth
  };
  std::string name;
  std::string text;
  Kind kind = bad;

  bool is_good() const { return kind == good; }
  bool is_deep() const { return kind == deep; }
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
      {"lists, 150 levels", nested_lists(within), HostileDocument::good},
      {"objects, 150 levels", nested_objects(within), HostileDocument::good},
      {"lists, 250 levels", nested_lists(beyond), HostileDocument::deep},
      {"objects, 250 levels", nested_objects(beyond), HostileDocument::deep},
      {"lists, 60,000 levels", nested_lists(far_beyond), HostileDocument::deep},
      {"objects, 60,000 levels", nested_objects(far_beyond), HostileDocument::deep},
      {"lists without an end", repeated("[", far_beyond)},
      {"objects without an end", repeated(R"({"a":)", far_beyond)},
      {"a text of brackets", '"' + repeated("[{", far_beyond) + '"', HostileDocument::good},
      {"a text of deep JSON", '"' + nested_lists(far_beyond) + '"', HostileDocument::good},
      {"a long list", "[" + repeated("0,", 50'000) + "0]", HostileDocument::good},
      {"many lists", "[" + repeated("[],", 50'000) + "0]", HostileDocument::good},
      {"equal keys", R"({"a": 1, "a": 2, "\u0061": 3})", HostileDocument::good},
      {"half a surrogate pair", R"("\ud800")"},
      {"a surrogate pair the wrong way round", R"("\udc00\ud800")"},
      {"a number too large", "1e400"},
      {"a number too small", "1e-400", HostileDocument::good},
      {"a large integer", "123456789012345678901234567890", HostileDocument::good},
      {"very many digits", "1." + repeated("1", 50'000), HostileDocument::good},
      {"a NUL behind it", "1\0"s},
      {"a NUL within a text", "\"a\0b\""s},
      {"an escaped NUL", R"("a\u0000b")", HostileDocument::good},
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
