#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sosw {

/// The attributes by which jobs are chunked, outermost first (SPEC 5). Names are singular; a job may use the
/// plural.
class JobSchema {
 public:
  JobSchema() = default;  ///< no attributes: every job is one task

  /// Throws InvalidConfig, with an empty `where`, for a name that is empty, not valid UTF-8, ends in s, is a
  /// duplicate, or has another meaning in a job, such as priority.
  explicit JobSchema(std::vector<std::string> attributes);

  /// For a job that lists the payloads of its tasks, {"payloads": [{...}, {...}]}, see payload_list.h.
  static JobSchema of_payloads();

  /// The stored form: a JSON array of the names, or "payloads".
  static JobSchema from_json(std::string_view);
  std::string to_json() const;

  const std::vector<std::string>& attributes() const { return attributes_; }
  bool lists_payloads() const { return lists_payloads_; }

 private:
  std::vector<std::string> attributes_;
  bool lists_payloads_ = false;
};

}  // namespace sosw
