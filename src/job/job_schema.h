#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sosw {

/// By which attributes jobs are cut, outermost first (SPEC 5). Names are singular; a job may use the plural.
class JobSchema {
 public:
  JobSchema() = default;  ///< no attributes: every job is one task

  /// Throws InvalidConfig, without a place, for a name that is empty, no UTF-8, ends in s, comes twice, or
  /// means something else in a job, such as priority.
  explicit JobSchema(std::vector<std::string> attributes);

  /// Of a job that lists what its tasks get, {"payloads": [{...}, {...}]}, see payload_list.h.
  static JobSchema of_payloads();

  /// The form in which a store keeps it: a JSON array of the names, or "payloads".
  static JobSchema from_json(std::string_view);
  std::string to_json() const;

  const std::vector<std::string>& attributes() const { return attributes_; }
  bool lists_payloads() const { return lists_payloads_; }

 private:
  std::vector<std::string> attributes_;
  bool lists_payloads_ = false;
};

}  // namespace sosw
