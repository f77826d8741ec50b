#pragma once

#include <optional>
#include <utility>

#include "aws/core/aws_error.h"

namespace sosw::aws {

/// The result of one call of a batch: a value, or an error.
template <class T>
struct Result {
  std::optional<T> value;
  std::optional<AwsError> error;

  /// The value; throws the error.
  T take() {
    if (error) throw AwsError(*error);
    return *std::move(value);
  }
};

}  // namespace sosw::aws
