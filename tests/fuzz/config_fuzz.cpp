// Any file is a configuration or is refused with words that name it.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "sosw/model/errors.h"

#include "config/document.h"
#include "config/parse_settings.h"
#include "essentials/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto file = std::filesystem::temp_directory_path() / "sosw_config_fuzz.yaml";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    const sosw::Document document = sosw::read_document(file.string());
    for (const auto& [path, line] : document.lines)
      if (line < 1) std::abort();
    sosw::parse_settings(document.content);
  } catch (const sosw::InvalidConfig& error) {
    if (std::string_view(error.what()).empty()) std::abort();
  } catch (const sosw::InvalidJob&) {  // of a rule
  }
  return 0;
}
