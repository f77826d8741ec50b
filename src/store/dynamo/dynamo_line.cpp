#include "store/dynamo/dynamo_line.h"

#include <algorithm>

namespace sosw::aws {

Line::Line(DynamoStore::Tables& tables, const std::string& labourer_id, Priority priority)
    : tables_(tables),
      labourer_id_(labourer_id),
      band_(band_of(priority)),
      known_(tables.edges[{labourer_id, priority}]) {}

std::optional<std::int64_t> Line::edge(bool foremost) {
  Query query = tables_.in_line(labourer_id_, {band_.first, band_.last});
  query.forward = foremost;
  query.limit = 1;
  const Page page = tables_.db.query(query);
  if (page.items.empty()) return std::nullopt;
  return task_from(page.items.front()).greenfield;
}

std::int64_t Line::join_front(std::int64_t tasks) {
  std::int64_t front = edge(true).value_or(band_.start);
  if (known_.front) front = std::min(front, *known_.front);  // the index may not show it yet
  known_.front = std::max(band_.first, front - tasks);
  return *known_.front;
}

std::int64_t Line::join_end() {
  if (!asked_for_end_) {
    asked_for_end_ = true;
    known_.end = std::max(edge(false).value_or(band_.start - 1), known_.end.value_or(0));
  }
  known_.end = std::min(*known_.end + 1, band_.last);
  return *known_.end;
}

}  // namespace sosw::aws
