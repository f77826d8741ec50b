#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sosw {

/// What a job calls once when all its tasks are closed (docs/jobs.md).
struct OnComplete {
  enum class Kind { labourer, topic, webhook };
  Kind kind = Kind::labourer;
  std::string target;  ///< a function's name or ARN, a topic's ARN, or a URL

  /// From the value of the key `on_complete`. Throws InvalidJob that names the key.
  static OnComplete from_job(std::string_view value);

  /// The stored form: a JSON object; empty for none.
  static std::optional<OnComplete> from_store(const std::string& json);
  std::string to_json() const;

  /// The id of the labourer, if the target is one.
  std::optional<std::string> labourer_id() const;
};

}  // namespace sosw
