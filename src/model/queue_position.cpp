#include "sosw/model/queue_position.h"

#include <algorithm>

namespace sosw {

std::int64_t front_position(const Band& band, std::optional<std::int64_t> oldest, std::int64_t tasks) {
  return std::max(band.first, oldest.value_or(band.start) - tasks);
}

std::int64_t end_position(const Band& band, std::optional<std::int64_t> newest) {
  return newest ? std::min(*newest + 1, band.last) : band.start;
}

std::map<Priority, JoiningOrder> joining_order(std::span<const Joining> due) {
  std::map<Priority, JoiningOrder> order;
  for (std::size_t i = 0; i < due.size(); ++i) {
    JoiningOrder& band = order[due[i].priority];
    (due[i].attempts > 0 ? band.in_front : band.at_end).push_back(i);
  }
  return order;
}

}  // namespace sosw
