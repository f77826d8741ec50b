// The shared files of AWS tools: read, or refused as InvalidConfig without a word of what stands in them.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "sosw/model/errors.h"

#include "aws/core/shared_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto file = std::filesystem::temp_directory_path() / "sosw_aws_files_fuzz";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  for (const char* variable : {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}) {
    const char* other =
        std::string_view(variable) == "AWS_CONFIG_FILE" ? "AWS_SHARED_CREDENTIALS_FILE" : "AWS_CONFIG_FILE";
    try {
      const auto config = sosw::aws::SharedConfig::load(sosw::aws::Environment(
          {{variable, file.string()}, {other, "/dev/null"}, {"HOME", "/nonexistent"}}));
      if (config.get("region") && config.get("region")->empty()) std::abort();
    } catch (const sosw::InvalidConfig&) {
    }
  }
  return 0;
}
