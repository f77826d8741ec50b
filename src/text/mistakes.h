#pragma once

#include <string>
#include <vector>

#include "sosw/model/errors.h"

namespace sosw {

/// Several mistakes of one configuration; what() has a line for each, `where` is that of the first.
struct InvalidConfigs : InvalidConfig {
  explicit InvalidConfigs(std::vector<InvalidConfig> all_);
  std::vector<InvalidConfig> all;
};

/// Collects the mistakes in a configuration, so that all are reported at once.
class Mistakes {
 public:
  /// Reads one part. An exception is collected; then this returns false, and the next part can be read.
  template <class Part>
  bool read(const Part& part) {
    try {
      part();
      return true;
    } catch (const InvalidConfigs& errors) {
      noted_.insert(noted_.end(), errors.all.begin(), errors.all.end());
    } catch (const InvalidConfig& error) {
      noted_.push_back(error);
    }
    return false;
  }

  bool none() const { return noted_.empty(); }

  /// Throws InvalidConfig for one mistake and InvalidConfigs for several.
  void throw_if_any() const;

 private:
  std::vector<InvalidConfig> noted_;
};

}  // namespace sosw
