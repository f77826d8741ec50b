#include "config/text_file.h"

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

JsonText json_of_file(const std::string& file, std::string_view text) {
  try {
    return JsonText(text);
  } catch (const InvalidJson& error) {
    throw Error(error.line > 0
                    ? fmt::format("{}:{}:{}: {}", name_of(file), error.line, error.column, error.problem)
                    : fmt::format("{}: {}", name_of(file), error.problem));
  }
}

}  // namespace sosw
