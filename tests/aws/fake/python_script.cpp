#include "aws/fake/python_script.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace sosw::aws {

nlohmann::json run_script(const std::string& name, const nlohmann::json& input) {
  std::string file = (std::filesystem::temp_directory_path() / "sosw_script_XXXXXX").string();
  const int descriptor = mkstemp(file.data());
  if (descriptor < 0) throw std::runtime_error("no temporary file");
  close(descriptor);
  std::ofstream(file) << input;
  const std::string command =
      std::string(kPython) + " '" SOSW_SOURCE_DIR "/tests/aws/" + name + "' < '" + file + "'";
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 65536> buffer{};
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), size);
  const int status = pclose(pipe);
  std::filesystem::remove(file);
  if (status != 0) throw std::runtime_error(name + " failed");
  return nlohmann::json::parse(output);
}

}  // namespace sosw::aws
