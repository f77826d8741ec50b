#include "store/dynamo/dynamo_queue_positions.h"

#include <algorithm>

#include "sosw/model/queue_position.h"

namespace sosw::aws {

QueuePositions::QueuePositions(DynamoStore::Tables& tables, const std::string& labourer_id, Priority priority)
    : tables_(tables),
      labourer_id_(labourer_id),
      band_(band_of(priority)),
      known_(tables.edges[{labourer_id, priority}]) {}

std::optional<std::int64_t> QueuePositions::edge(bool foremost) {
  Query query = tables_.in_queue(labourer_id_, {band_.first, band_.last});
  query.forward = foremost;
  query.limit = 1;
  const Page page = tables_.db.query(query);
  if (page.items.empty()) return std::nullopt;
  return task_from(page.items.front()).greenfield;
}

std::int64_t QueuePositions::reserve_front(std::int64_t tasks) {
  std::optional<std::int64_t> oldest = edge(true);
  if (known_.front)
    oldest = std::min(oldest.value_or(*known_.front), *known_.front);  // the index may be stale
  known_.front = front_position(band_, oldest, tasks);
  return *known_.front;
}

std::int64_t QueuePositions::reserve_end() {
  if (!asked_for_end_) {
    asked_for_end_ = true;
    known_.end = std::max(edge(false), known_.end);  // nullopt is less than any
  }
  known_.end = end_position(band_, known_.end);
  return *known_.end;
}

}  // namespace sosw::aws
