#include "store/dynamo/dynamo_closed_sets.h"

#include <charconv>

#include <fmt/format.h>

#include "sosw/model/task_id.h"

namespace sosw::aws {
namespace {

using Closed = TaskRecord::Closed;

constexpr std::int64_t kIndexesPerRow = 256;  // about 1 KB, the size of one write unit

const char* set_name(Closed closed) {
  switch (closed) {
    case Closed::dead:
      return "sosw_dead";
    case Closed::cancelled:
      return "sosw_cancelled";
    case Closed::completed:
      break;
  }
  return "sosw_completed";
}

std::string row_key(const std::string& job_id, std::int64_t row) {
  return fmt::format("sosw#tally#{}#{}", job_id, row);
}

std::int64_t size_of_set(const Item& row, Closed closed) {
  const AttributeValue* value = find(row, set_name(closed));
  const auto* set = value ? std::get_if<AttributeValue::NumberSet>(&value->value) : nullptr;
  return set ? static_cast<std::int64_t>(set->members.size()) : 0;
}

}  // namespace

std::optional<ClosedSets::Change> ClosedSets::change_for(const std::string& task_id, Closed closed,
                                                         bool takes_back) {
  const auto job_id = job_id_of(task_id);
  if (!job_id) return std::nullopt;
  Change change{.job_id = *job_id, .closed = closed, .takes_back = takes_back};
  std::from_chars(task_id.data() + job_id->size(), task_id.data() + task_id.size(), change.index, 16);
  return change;
}

std::string ClosedSets::key_of(const Change& change) {
  return row_key(change.job_id, change.index / kIndexesPerRow);
}

UpdateItem ClosedSets::update_for(const std::string& table, std::span<const Change> changes) {
  AttributeValue::NumberSet indexes;
  std::set<std::int64_t> unique;
  for (const Change& change : changes)
    if (unique.insert(change.index).second) indexes.members.push_back(std::to_string(change.index));
  return {.table = table,
          .key = {{field::task_id, key_of(changes.front())}},
          .update = fmt::format("{} {} :places", changes.front().takes_back ? "DELETE" : "ADD",
                                set_name(changes.front().closed)),
          .placeholders = {{}, {{":places", std::move(indexes)}}},
          .repeat = Repeat::always};
}

void ClosedSets::add(DynamoStore::Tables& tables, std::span<const Change> changes) {
  std::map<std::string, std::vector<Change>> by_row;
  for (const Change& change : changes) by_row[key_of(change)].push_back(change);
  std::vector<UpdateItem> updates;
  updates.reserve(by_row.size());
  for (const auto& [key, of_row] : by_row) updates.push_back(update_for(tables.names.tasks, of_row));
  for (const WriteResult& result : tables.db.update(updates))
    if (result.error) throw AwsError(*result.error);
}

void ClosedSets::count(DynamoStore::Tables& tables, std::span<Job> jobs) {
  std::vector<std::string> keys;
  std::map<std::string, JobProgress*> whose;
  for (Job& job : jobs) {
    for (std::int64_t row = 0; row * kIndexesPerRow < job.progress.scheduled; ++row) {
      keys.push_back(row_key(job.job_id, row));
      whose[keys.back()] = &job.progress;
    }
  }
  if (keys.empty()) return;
  for (const Item& row : tables.rows(keys)) {
    JobProgress& progress = *whose.at(row.at(field::task_id).text());
    progress.completed += size_of_set(row, Closed::completed);
    progress.dead += size_of_set(row, Closed::dead);
    progress.cancelled += size_of_set(row, Closed::cancelled);
  }
}

}  // namespace sosw::aws
