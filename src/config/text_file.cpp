#include "config/text_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "sosw/model/errors.h"

namespace sosw {

std::string name_of(const std::string& file) { return file == "-" ? "standard input" : file; }

std::string read_text_file(const std::string& file) {
  if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) throw Error(file + ": is a directory, not a file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(fmt::format("{}: {}", file, std::strerror(errno)));
  return {std::istreambuf_iterator<char>(stream), {}};
}

Json parse_json(const std::string& file, const std::string& text) {
  try {
    return Json::parse(text);
  } catch (const Json::out_of_range&) {
    throw Error(fmt::format("{}: holds a number that is too large for anything", name_of(file)));
  } catch (const Json::parse_error& error) {
    const std::size_t at = std::min(text.size(), error.byte > 0 ? error.byte - 1 : 0);
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    const auto line_start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos + 1 is 0
    // The library's text ends in what it found and expected, after its own account of the place.
    const std::string_view what = error.what();
    const auto detail = what.find(": ", what.find("column"));
    throw Error(fmt::format("{}:{}:{}: is not valid JSON: {}", name_of(file), line, at - line_start + 1,
                            detail == std::string_view::npos ? what : what.substr(detail + 2)));
  }
}

}  // namespace sosw
