#pragma once

#include <optional>
#include <string>

#include "sosw/model/job.h"
#include "sosw/model/task.h"

#include "aws/clients/s3.h"

namespace sosw::aws {

/// Texts too large for a row, as objects of a bucket. The row holds a reference, which is a JSON object so
/// that other systems can read the row; the object is written before the row, and never deleted by us.
///
/// A reference is valid only in the row of the task or job whose id is in the object's key: nobody can make
/// us read another object by writing its name into a payload.
class LargeTexts {
 public:
  /// Without S3 or a bucket nothing is stored, and references can't be read.
  LargeTexts(S3* s3, std::string bucket) : s3_(s3), bucket_(std::move(bucket)) {}

  bool can_keep() const { return s3_ && !bucket_.empty(); }

  /// Stores a text; returns what the row of that task or job must hold instead. `name` distinguishes its
  /// texts. Throws AwsError.
  std::string keep(const std::string& id, const std::string& name, const std::string& text);

  /// Whether a row's text is only a reference.
  bool is_kept(const std::string& id, const std::string& text) const;

  /// The whole text; nullopt when the object is gone. Throws AwsError, also when there is no bucket.
  std::optional<std::string> whole(const std::string& id, const std::string& text);

  /// For people: unavailable texts stay references.
  void complete(Task&);

 private:
  S3* s3_;
  std::string bucket_;
};

}  // namespace sosw::aws
