#include "store/dynamo/dynamo_lease.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace sosw::aws {
namespace {

constexpr Seconds kHeldFor = 60;  // at most, when its holder crashes

GreenfieldRange where_running(const Claim& claim) { return running_range(claim.now, claim.attempt_timeout); }

}  // namespace

Lease::Lease(DynamoStore::Tables& tables, const Claim& claim)
    : tables_(tables), claim_(claim), began_(tables.db.now()), ours_(take()) {}

Lease::~Lease() {
  if (!ours_) return;
  try {
    update("SET sosw_recent = :recent REMOVE sosw_owner, sosw_until", "sosw_owner = :me",
           {{":recent", recent_as_item()}});
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

Time Lease::until() const { return claim_.now + (tables_.db.now() - began_) + kHeldFor; }

bool Lease::take() {
  const WriteResult result =
      update("SET sosw_owner = :me, sosw_until = :until",
             "attribute_not_exists(sosw_owner) OR sosw_owner = :me OR sosw_until < :now",
             {{":until", until()}, {":now", claim_.now}});
  if (!result.done()) return false;
  if (result.item) forget_old_marks(*result.item);
  return true;
}

/// Their rows are deleted before the lease stops naming them, so that none is left behind.
void Lease::forget_old_marks(const Item& lease) {
  const AttributeValue* recent = find(lease, "sosw_recent");
  const Item* marks = recent ? std::get_if<Item>(&recent->value) : nullptr;
  if (!marks) return;
  BatchWrite old{.table = tables_.names.tasks, .key_names = {field::task_id}};
  for (const auto& [key, value] : *marks) {
    const Item& entry = std::get<Item>(value.value);
    const Marks of{.at = entry.at("at").time(), .count = entry.at("count").integer()};
    if (of.at >= claim_.now - kIndexLag)
      recent_.emplace(key, of);
    else
      old.deletes.push_back(DynamoStore::Tables::key_of(key));
  }
  if (old.deletes.empty()) return;
  const BatchWriteResult result = tables_.db.write_all(old);
  if (!result.all_done()) throw AwsError(*result.error);
}

Item Lease::recent_as_item() const {
  Item marks;
  for (const auto& [key, of] : recent_) marks.emplace(key, Item{{"at", of.at}, {"count", of.count}});
  return marks;
}

bool Lease::record_marks(std::span<const Item> rows) {
  AttributeValue::StringSet ids;
  for (const Item& row : rows) ids.members.push_back(row.at(field::task_id).text());
  const std::string key =
      fmt::format("sosw#marks#{}#{}#{}", claim_.labourer_id, claim_.token, ++marks_recorded_);
  Item marks = DynamoStore::Tables::key_of(key);
  marks.emplace("sosw_ids", std::move(ids));
  recent_[key] = {.at = claim_.now, .count = static_cast<std::int64_t>(rows.size())};
  // The lease names the row first: a named row that does not exist means that nothing was marked.
  ours_ = update("SET sosw_recent = :recent, sosw_until = :until", "sosw_owner = :me",
                 {{":recent", recent_as_item()}, {":until", until()}})
              .done();
  if (ours_)
    tables_.db.put(PutItem{.table = tables_.names.tasks, .item = std::move(marks), .repeat = Repeat::always});
  return ours_;
}

std::set<std::string> Lease::running_in_index() {
  Query query = tables_.in_queue(claim_.labourer_id, where_running(claim_), kNotCompleted);
  query.projection = field::task_id;
  std::set<std::string> ids;
  for (const Item& row : tables_.db.query_all(query, std::numeric_limits<std::size_t>::max()))
    ids.insert(row.at(field::task_id).text());
  return ids;
}

/// The number of recently marked tasks that still run, read from the table itself, so that the index's state
/// of them does not count.
std::int64_t Lease::running_lately(std::set<std::string>& in_index) {
  std::vector<std::string> keys;
  for (const auto& [key, of] : recent_) keys.push_back(key);
  std::set<std::string> ids;
  for (const Item& row : tables_.rows(keys))
    for (const std::string& id : std::get<AttributeValue::StringSet>(row.at("sosw_ids").value).members)
      ids.insert(id);
  for (const std::string& id : ids) in_index.erase(id);
  std::int64_t running = 0;
  for (const Item& row : tables_.rows({ids.begin(), ids.end()}))
    if (is_task(row) && state_of(task_from(row), claim_.now, claim_.attempt_timeout) == TaskState::running)
      ++running;
  return running;
}

std::int64_t Lease::room() {
  std::int64_t marked = 0;
  for (const auto& [key, of] : recent_) marked += of.count;
  const std::int64_t most =
      marked + tables_.count_queue(claim_.labourer_id, where_running(claim_), kNotCompleted);
  if (marked == 0 || room_for(claim_, most) == claim_.at_most) return room_for(claim_, most);
  std::set<std::string> in_index = running_in_index();
  const std::int64_t lately = running_lately(in_index);
  return room_for(claim_, lately + std::ssize(in_index));
}

}  // namespace sosw::aws
