#include "aws/dynamo_lease.h"

#include <spdlog/spdlog.h>

namespace sosw::aws {
namespace {

constexpr Seconds kHeldFor = 60;  // at most, when its holder dies

}  // namespace

Lease::Lease(DynamoStore::Tables& tables, const Claim& claim)
    : tables_(tables), claim_(claim), ours_(take()) {}

Lease::~Lease() {
  if (!ours_) return;
  try {
    update("REMOVE sosw_owner, sosw_until", "sosw_owner = :me", {});
  } catch (const std::exception& error) {
    spdlog::warn("the lease of {} ends by itself in {} s: {}", claim_.labourer_id, kHeldFor, error.what());
  }
}

WriteResult Lease::update(const std::string& update, const std::string& condition, Item values) {
  values.emplace(":me", tables_.owner);
  return tables_.db.update(UpdateItem{.table = tables_.names.tasks,
                                      .key = DynamoStore::Tables::key_of(lease_key(claim_.labourer_id)),
                                      .update = update,
                                      .condition = condition,
                                      .placeholders = {{}, std::move(values)},
                                      .returns = UpdateItem::Return::all_new,
                                      .repeat = Repeat::always});
}

bool Lease::take() {
  const WriteResult result =
      update("SET sosw_owner = :me, sosw_until = :until",
             "attribute_not_exists(sosw_owner) OR sosw_owner = :me OR sosw_until < :now",
             {{":until", claim_.now + kHeldFor}, {":now", claim_.now}});
  if (!result.done()) return false;
  const AttributeValue* recent = result.item ? find(*result.item, "sosw_recent") : nullptr;
  if (const Item* marks = recent ? std::get_if<Item>(&recent->value) : nullptr)
    for (const auto& [id, marked_at] : *marks)
      if (marked_at.real() >= claim_.now - kIndexLag) recent_.emplace(id, marked_at);
  return true;
}

bool Lease::announce(std::span<const Item> rows) {
  for (const Item& row : rows) recent_.insert_or_assign(row.at(field::task_id).text(), claim_.now);
  ours_ = update("SET sosw_recent = :recent, sosw_until = :until", "sosw_owner = :me",
                 {{":recent", recent_}, {":until", claim_.now + kHeldFor}})
              .done();
  return ours_;
}

/// What was marked lately, and whether it still runs: read from the table itself.
std::map<std::string, bool> Lease::recent_and_running() {
  std::map<std::string, bool> running;
  std::vector<std::string> ids;
  for (const auto& [id, marked_at] : recent_) {
    ids.push_back(id);
    running[id] = false;
  }
  if (ids.empty()) return running;
  for (const Item& row : tables_.rows(ids)) {
    const Task task = task_from(row);
    running[task.task_id] = is_task(row) && state_of(task, claim_.now, claim_.lapse) == TaskState::running;
  }
  return running;
}

std::int64_t Lease::running() {
  const auto recent = recent_and_running();
  std::int64_t count = 0;
  for (const auto& [id, runs] : recent) count += runs ? 1 : 0;
  Query query = tables_.in_line(claim_.labourer_id, {newest_expired_greenfield(claim_.now, claim_.lapse) + 1},
                                kNotCompleted);
  query.projection = field::task_id;
  for (const Item& row : tables_.db.query_all(query, std::numeric_limits<std::size_t>::max()))
    count += recent.contains(row.at(field::task_id).text()) ? 0 : 1;
  return count;
}

}  // namespace sosw::aws
