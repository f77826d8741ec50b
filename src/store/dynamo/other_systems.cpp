#include "store/dynamo/other_systems.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "store/dynamo/dynamo_rows.h"
#include "store/dynamo/event_rows.h"
#include "text/iso_time.h"

namespace sosw::aws {
namespace {

constexpr std::int64_t kTasksLookedAt = 5;  // of each labourer and kind of closing

bool is_scavenging(TaskAction action) {
  using enum TaskAction;
  return action == archived || action == archived_dead || action == scheduled_for_retry ||
         action == ready_for_retry;
}

/// The ids of tasks that were closed since then, the newest of each labourer.
std::set<std::string> closed_lately(DynamoDb& db, const DynamoTables& tables,
                                    std::span<const std::string> labourer_ids, Time since) {
  std::vector<Query> queries;
  for (const std::string& labourer_id : labourer_ids)
    for (const auto closed : {TaskRecord::Closed::completed, TaskRecord::Closed::dead})
      queries.push_back(
          {.table = tables.closed,
           .index = tables.closed_by_status,
           .key_condition = "labourer_id_task_status = :status AND closed_at >= :since",
           .placeholders = {{}, {{":status", closed_status(labourer_id, closed)}, {":since", since}}},
           .forward = false,
           .limit = kTasksLookedAt});
  std::set<std::string> ids;
  for (Result<Page>& page : db.query(queries))
    for (const Item& row : page.take().items) ids.insert(row.at(field::task_id).text());
  return ids;
}

std::string system_text(const Item& row, const char* name) {
  const AttributeValue* value = find(row, name);
  const auto* text = value ? std::get_if<std::string>(&value->value) : nullptr;
  return text ? *text : "";
}

}  // namespace

std::vector<OtherSystem> find_other_systems(DynamoDb& db, const DynamoTables& tables,
                                            std::span<const std::string> labourer_ids, Time since) {
  std::vector<Query> queries;
  for (const std::string& id : closed_lately(db, tables, labourer_ids, since))
    queries.push_back({.table = tables.meta,
                       .key_condition = "task_id = :id AND created_at >= :since",
                       .placeholders = {{}, {{":id", id}, {":since", since}}}});
  std::map<std::string, OtherSystem> systems;
  for (Result<Page>& page : db.query(queries)) {
    for (const Item& row : page.take().items) {
      const std::string author = system_text(row, "author");
      const auto action = task_action_from(system_text(row, "action"));
      if (find(row, kOwnEvent) || author.empty() || !action) continue;
      OtherSystem& system = systems[author];
      system.author = author;
      system.scavenges = system.scavenges || is_scavenging(*action);
      system.last_seen = std::max(system.last_seen, row.at(field::created_at).time());
    }
  }
  std::vector<OtherSystem> list;
  list.reserve(systems.size());
  for (auto& [author, system] : systems) list.push_back(std::move(system));
  return list;
}

std::string reason_not_to_scavenge(std::span<const OtherSystem> systems) {
  const auto found = std::ranges::find_if(systems, &OtherSystem::scavenges);
  if (found == systems.end()) return "";
  return fmt::format(
      "another scavenger, {}, has moved tasks of these tables at {}; of scavengers only one kind may "
      "run. "
      "Stop that one, wait until it has surely ended (its function's timeout), and start this one again",
      found->author, format_instant(found->last_seen));
}

}  // namespace sosw::aws
