#pragma once

#include <map>
#include <optional>
#include <string>

#include "aws/core/environment.h"

namespace sosw::aws {

/// The files that all AWS tools share: ~/.aws/config (AWS_CONFIG_FILE) and ~/.aws/credentials
/// (AWS_SHARED_CREDENTIALS_FILE), read once. Holds secrets.
class SharedConfig {
 public:
  /// Missing files count as empty. Throws InvalidConfig, naming file and line but never quoting the line, for
  /// a syntax error, and when AWS_PROFILE names a profile that is in neither file.
  static SharedConfig load(const Environment&);

  const std::string& profile() const { return profile_; }  ///< AWS_PROFILE, else "default"
  bool has_profile(const std::string& name) const { return profiles_.contains(name); }

  /// A key of the profile in use, or of another; nullopt when it is absent or empty. Nested keys are named
  /// "s3.endpoint_url". The credentials file overrides the other.
  std::optional<std::string> get(const std::string& key) const { return get_from(profile_, key); }
  std::optional<std::string> get_from(const std::string& profile, const std::string& key) const;

  /// A key of a [services NAME] section.
  std::optional<std::string> get_from_services(const std::string& name, const std::string& key) const;

  const std::string& looked_in() const { return looked_in_; }  ///< the files, for people

 private:
  using Section = std::map<std::string, std::string>;
  using Sections = std::map<std::string, Section>;
  void read(const std::string& file, bool is_credentials_file);
  Section* section_for(const std::string& heading, bool is_credentials_file);

  Sections profiles_;
  Sections services_;
  std::string profile_ = "default";
  std::string looked_in_;
};

}  // namespace sosw::aws
