#pragma once

#include <string_view>

#include "text/json_text.h"

namespace sosw {

/// The values that a job has for an attribute (SPEC 5), one after the other, in any notation: one value, a
/// list of them, an object whose keys are the values, or a list of such objects.
class Values {
 public:
  Values() = default;
  explicit Values(std::string_view written) : written_(written) {}

  /// `value.key` is the value as JSON; `value.value` is its sub-job, and empty for a value of a list.
  bool next(Member& value);

 private:
  std::string_view written_;
  std::size_t at_ = 0;
  bool in_list_ = false;
  bool in_object_ = false;
};

enum class Shape {
  none,     ///< no values: missing, null, or an empty list or object
  flat,     ///< values only
  parts,    ///< at least one value has a sub-job, or an invalid one
  unusable  ///< a list within a list
};

Shape shape_of(std::string_view written);

}  // namespace sosw
