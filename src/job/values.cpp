#include "job/values.h"

namespace sosw {

bool Values::next(Member& value) {
  for (; at_ < written_.size(); ++at_) {
    const char c = written_[at_];
    if (c == '{') {
      in_object_ = true;
    } else if (c == '}') {
      in_object_ = false;
    } else if (c == '[' && !in_list_) {
      in_list_ = true;
    } else if (c != ',' && c != ']') {
      const std::size_t end = end_of_value(written_, at_);
      value.key = written_.substr(at_, end - at_);
      value.value = {};
      at_ = end;
      if (!in_object_) return true;
      at_ = end_of_value(written_, end + 1);
      value.value = written_.substr(end + 1, at_ - end - 1);
      return true;
    }
  }
  return false;
}

Shape shape_of(std::string_view written) {
  if (is_null(written)) return Shape::none;
  Shape shape = Shape::none;
  Values values(written);
  for (Member value; values.next(value);) {
    if (is_list(value.key)) return Shape::unusable;
    if (shape == Shape::none) shape = Shape::flat;
    if (!value.value.empty() && !is_null(value.value)) shape = Shape::parts;
  }
  return shape;
}

}  // namespace sosw
