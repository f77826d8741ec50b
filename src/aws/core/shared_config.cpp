#include "aws/core/shared_config.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "sosw/model/errors.h"

namespace sosw::aws {
namespace {

constexpr const char* kBlanks = " \t\r";

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<std::string> find(const std::map<std::string, std::map<std::string, std::string>>& sections,
                                const std::string& name, const std::string& key) {
  const auto section = sections.find(name);
  if (section == sections.end()) return std::nullopt;
  const auto value = section->second.find(key);
  if (value == section->second.end() || value->second.empty()) return std::nullopt;
  return value->second;
}

/// The path of a file: from the variable, else below the home folder; empty when there is no home either.
std::string path_of(const Environment& environment, const char* variable, const char* under_home) {
  const auto home = environment.get("HOME");
  auto path = environment.get(variable);
  if (!path) return home ? *home + under_home : "";
  if (home && path->starts_with("~/")) return *home + path->substr(1);
  return *path;
}

}  // namespace

SharedConfig SharedConfig::load(const Environment& environment) {
  SharedConfig config;
  const std::string config_file = path_of(environment, "AWS_CONFIG_FILE", "/.aws/config");
  const std::string credentials_file =
      path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  config.looked_in_ = config_file.empty() && credentials_file.empty()
                          ? "no files: HOME is not set"
                          : fmt::format("{} and {}", config_file, credentials_file);
  config.read(config_file, false);
  config.read(credentials_file, true);
  if (const auto name = environment.get("AWS_PROFILE")) {
    config.profile_ = *name;
    if (*name != "default" && !config.has_profile(*name))
      throw InvalidConfig("AWS_PROFILE",
                          fmt::format("there is no profile '{}' in {}", *name, config.looked_in_));
  }
  return config;
}

std::optional<std::string> SharedConfig::get_from(const std::string& profile, const std::string& key) const {
  return find(profiles_, profile, key);
}

std::optional<std::string> SharedConfig::get_from_services(const std::string& name,
                                                           const std::string& key) const {
  return find(services_, name, key);
}

/// "[default]", "[profile x]" and "[services x]" of the config file, "[x]" of the credentials file; nullptr
/// for other sections.
SharedConfig::Section* SharedConfig::section_for(const std::string& heading, bool is_credentials_file) {
  if (is_credentials_file || heading == "default") return &profiles_[heading];
  const auto blank = heading.find_first_of(kBlanks);
  if (blank == std::string::npos) return nullptr;
  const std::string kind = heading.substr(0, blank);
  const std::string name = trimmed(heading.substr(blank));
  if (kind == "profile") return &profiles_[name];
  if (kind == "services") return &services_[name];
  return nullptr;
}

void SharedConfig::read(const std::string& file, bool is_credentials_file) {
  std::error_code ignored;
  if (file.empty() || !std::filesystem::exists(file, ignored)) return;
  std::ifstream stream(file);
  if (!stream) throw InvalidConfig(file, "the file can't be read; check its permissions");
  Section* section = nullptr;
  bool in_section = false;
  std::string parent;  // the key above an indented one
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::string text = trimmed(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    const auto fail = [&](const char* problem) {
      throw InvalidConfig(fmt::format("{}:{}", file, number), problem);
    };
    if (text[0] == '[') {
      const auto end = text.find(']');
      if (end == std::string::npos) fail("the heading has no closing bracket");
      section = section_for(trimmed(text.substr(1, end - 1)), is_credentials_file);
      in_section = true;
      continue;
    }
    const auto equals = text.find('=');
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (!in_section) fail("a setting stands before the first [heading]");
    if (equals == std::string::npos && indented) continue;  // the rest of an unused value
    if (equals == std::string::npos) fail("this is no 'key = value'; write one setting a line");
    const std::string key = trimmed(text.substr(0, equals));
    const std::string value = trimmed(text.substr(equals + 1));
    if (!indented) parent = value.empty() ? key + "." : "";
    if (section) (*section)[(indented ? parent : "") + key] = value;
  }
}

}  // namespace sosw::aws
