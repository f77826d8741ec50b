#include "store/dynamo/dynamo_tables.h"

#include <spdlog/spdlog.h>

#include "sosw/model/task_id.h"

namespace sosw::aws {
namespace {

using Table = TaskRecord::Table;

constexpr int kLooks = 3;  // at all tables, until a task that keeps moving counts as gone

}  // namespace

std::string job_key(const std::string& job_id) { return "sosw#job#" + job_id; }

std::string lease_key(const std::string& labourer_id) { return "sosw#lease#" + labourer_id; }

DynamoStore::Tables::Tables(DynamoDb& db_, Random& random_, DynamoTables names_, S3* s3)
    : db(db_),
      random(random_),
      names(std::move(names_)),
      owner(job_id_from(random_.next())),
      texts(s3, names.bucket) {
  for (const std::string& table : {names.tasks, names.retry, names.closed})
    if (!names.field_names.empty()) db.use_names(table, FieldNames(names.field_names));
}

std::string DynamoStore::Tables::result_for(const Item& row, const std::string& stats,
                                            const std::string& result) {
  if (!texts.can_keep() || has_room(row, 2 * stats.size() + result.size())) return result;
  const std::string id = row.at(field::task_id).text();
  try {
    return texts.keep(id, "result-" + job_id_from(random.next()), result);
  } catch (const AwsError& error) {
    spdlog::warn("task {}: its result is left out: {}", id, error.what());
    return result;
  }
}

Query DynamoStore::Tables::in_queue(const std::string& labourer_id, GreenfieldRange range,
                                    const char* filter) const {
  return {.table = names.tasks,
          .index = names.tasks_by_greenfield,
          .key_condition = "labourer_id = :labourer AND greenfield BETWEEN :from AND :to",
          .filter = filter,
          .placeholders = {{}, {{":labourer", labourer_id}, {":from", range.first}, {":to", range.last}}}};
}

std::vector<Item> DynamoStore::Tables::queue_rows(const std::string& labourer_id, GreenfieldRange range,
                                                  const char* filter, std::size_t at_most) {
  if (range.first > range.last || at_most == 0) return {};
  return db.query_all(in_queue(labourer_id, range, filter), at_most);
}

std::int64_t DynamoStore::Tables::count_queue(const std::string& labourer_id, GreenfieldRange range,
                                              const char* filter) {
  if (range.first > range.last) return 0;
  Query query = in_queue(labourer_id, range, filter);
  query.count_only = true;
  return db.count_all(query);
}

Query DynamoStore::Tables::waiting(const std::string& labourer_id) const {
  return {.table = names.retry,
          .index = names.retry_by_due,
          .key_condition = "labourer_id = :labourer",
          .placeholders = {{}, {{":labourer", labourer_id}}},
          .consistent = true};
}

std::optional<Item> DynamoStore::Tables::row(const std::string& key) {
  return db.get(GetItem{.table = names.tasks, .key = key_of(key), .consistent = true});
}

std::vector<Item> DynamoStore::Tables::rows(const std::vector<std::string>& keys) {
  BatchGet get{.table = names.tasks, .consistent = true};
  for (const std::string& key : keys) get.keys.push_back(key_of(key));
  return db.get_all(get);
}

std::map<std::string, DynamoStore::Tables::Found> DynamoStore::Tables::locate(
    std::span<const std::string> task_ids) {
  std::map<std::string, Found> found;
  std::set<std::string> missing;
  for (const std::string& id : task_ids)
    if (is_task_id(id)) missing.insert(id);
  // A task that moves during the read may be missed in both tables.
  for (int look = 0; look < kLooks && !missing.empty(); ++look) {
    look_in(names.tasks, Table::queue, missing, found);
    look_in_retry(missing, found);
    look_in(names.closed, Table::closed, missing, found);
  }
  return found;
}

void DynamoStore::Tables::look_in(const std::string& table, Table kind, std::set<std::string>& missing,
                                  std::map<std::string, Found>& found) {
  if (missing.empty()) return;
  BatchGet get{.table = table, .consistent = true};
  for (const std::string& id : missing) get.keys.push_back(key_of(id));
  for (Item& row : db.get_all(get)) {
    if (!is_task(row)) continue;
    const std::string id = row.at(field::task_id).text();
    missing.erase(id);
    found.emplace(id, Found{kind, std::move(row)});
  }
}

/// Its key begins with the labourer, which a job has. Another system's task may belong to any labourer.
void DynamoStore::Tables::look_in_retry(std::set<std::string>& missing, std::map<std::string, Found>& found) {
  BatchGet get{.table = names.retry, .consistent = true};
  std::set<std::string> anybodys;
  for (const std::string& id : missing) {
    const auto job_id = job_id_of(id);
    const auto labourer_id = job_id ? labourer_of_job(*job_id) : std::nullopt;
    if (labourer_id)
      get.keys.push_back(retry_key(*labourer_id, id));
    else
      anybodys.insert(id);
  }
  if (!anybodys.empty())
    for (const std::string& labourer_id : labourers())
      for (const std::string& id : anybodys) get.keys.push_back(retry_key(labourer_id, id));
  if (get.keys.empty()) return;
  for (Item& row : db.get_all(get)) {
    const std::string id = row.at(field::task_id).text();
    missing.erase(id);
    found.emplace(id, Found{Table::retry, std::move(row)});
  }
}

void DynamoStore::Tables::know_labourer(const std::string& labourer_id) {
  if (known_labourers_.contains(labourer_id)) return;
  db.update(UpdateItem{.table = names.tasks,
                       .key = key_of(kLabourersKey),
                       .update = "ADD sosw_labourers :labourer",
                       .placeholders = {{}, {{":labourer", AttributeValue::StringSet{{labourer_id}}}}},
                       .repeat = Repeat::always});
  known_labourers_.insert(labourer_id);
}

std::set<std::string> DynamoStore::Tables::labourers() {
  const auto known = row(kLabourersKey);
  const AttributeValue* names_of = known ? aws::find(*known, "sosw_labourers") : nullptr;
  if (const auto* set = names_of ? std::get_if<AttributeValue::StringSet>(&names_of->value) : nullptr)
    known_labourers_.insert(set->members.begin(), set->members.end());
  return known_labourers_;
}

std::optional<std::string> DynamoStore::Tables::labourer_of_job(const std::string& job_id) {
  if (const auto known = job_labourers_.find(job_id); known != job_labourers_.end()) return known->second;
  const auto job = row(job_key(job_id));
  const AttributeValue* labourer = job ? aws::find(*job, "sosw_labourer") : nullptr;
  if (!labourer) return std::nullopt;
  return job_labourers_[job_id] = labourer->text();
}

}  // namespace sosw::aws
