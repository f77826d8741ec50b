#include "store/dynamo/dynamo_expression.h"

#include <fmt/format.h>

namespace sosw::aws {

std::string unchanged_since(const Item& seen, Placeholders& placeholders) {
  std::string condition = "attribute_exists(labourer_id)";
  for (const auto& [name, placeholder] : {std::pair(field::greenfield, ":seen_greenfield"),
                                          {field::token, ":seen_token"},
                                          {field::completed_at, ":seen_completed"}}) {
    if (const AttributeValue* value = find(seen, name)) {
      condition += fmt::format(" AND {} = {}", name, placeholder);
      placeholders.values.emplace(placeholder, *value);
    } else {
      condition += fmt::format(" AND attribute_not_exists({})", name);
    }
  }
  return condition;
}

UpdateItem change_of(const std::string& table, const Item& seen, const Item& wanted) {
  UpdateItem update{.table = table, .key = {{field::task_id, seen.at(field::task_id)}}};
  update.condition = unchanged_since(seen, update.placeholders);
  int number = 0;
  for (const auto& [name, value] : wanted) {
    const AttributeValue* before = find(seen, name);
    if (before && *before == value) continue;
    update.update += fmt::format("{} #a{} = :a{}", number == 0 ? "SET" : ",", number, number);
    update.placeholders.names.emplace(fmt::format("#a{}", number), name);
    update.placeholders.values.emplace(fmt::format(":a{}", number), value);
    ++number;
  }
  return update;
}

Move back_to_queue(const DynamoStore::Tables& tables, const Item& seen, Item wanted) {
  wanted.erase(field::due);
  // Another system's late report may have left a row without labourer there. Its content must not be lost.
  const char* free = wanted.contains(field::completed_at)
                         ? "attribute_not_exists(labourer_id)"
                         : "attribute_not_exists(labourer_id) AND attribute_not_exists(completed_at)";
  return {.put = {.table = tables.names.tasks, .item = std::move(wanted), .condition = free},
          .remove = {.table = tables.names.retry,
                     .key = DynamoStore::Tables::retry_key(seen.at(field::labourer_id).text(),
                                                           seen.at(field::task_id).text()),
                     .condition = "attribute_exists(task_id)"}};
}

}  // namespace sosw::aws
