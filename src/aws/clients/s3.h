#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aws/core/caller.h"
#include "aws/core/session.h"

namespace sosw::aws {

/// Reads and writes whole objects of S3. Calls throw AwsError. One thread at a time.
class S3 {
 public:
  explicit S3(Session&);

  std::optional<std::string> get(const std::string& bucket, const std::string& key);  ///< nullopt: none

  /// Returns the ETag.
  std::string put(const std::string& bucket, const std::string& key, const std::string& content,
                  const std::string& content_type = "application/octet-stream");

  struct Head {
    std::int64_t size = 0;
    std::string etag;
  };
  std::optional<Head> head(const std::string& bucket, const std::string& key);

 private:
  Reply send(const char* operation, const std::string& bucket, const std::string& key, HttpRequest);

  Caller caller_;
  bool path_style_;  ///< the bucket in the path: for configured endpoints and buckets with dots
};

}  // namespace sosw::aws
