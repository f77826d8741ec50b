#include "config/dynamo_settings.h"

#include <array>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "essentials/settings.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 4> kKeys = {"tables", "indexes", "field_names", "bucket"};
constexpr std::array<std::string_view, 4> kTables = {"tasks", "retry", "closed", "meta"};
constexpr std::array<std::string_view, 3> kIndexes = {"tasks_by_greenfield", "retry_by_due",
                                                      "closed_by_status"};

const Json& object_at(const Json& parent, const char* key, const std::string& where) {
  static const Json none = Json::object();
  const auto found = parent.find(key);
  if (found == parent.end()) return none;
  if (!found->is_object()) throw InvalidConfig(where, "must be an object of names");
  return *found;
}

std::string name_in(const Json& value, const std::string& where) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    throw InvalidConfig(where, "must be a name");
  return value.get<std::string>();
}

template <std::size_t Count>
void read_names(const Json& names, const std::string& where, const std::array<std::string_view, Count>& keys,
                const std::array<std::string*, Count>& targets) {
  require_known_keys(names, where, keys);
  for (std::size_t i = 0; i < Count; ++i)
    if (const auto name = names.find(keys[i]); name != names.end())
      *targets[i] = name_in(*name, fmt::format("{}.{}", where, keys[i]));
}

}  // namespace

aws::DynamoTables parse_dynamodb(const Json& document) {
  aws::DynamoTables tables;
  const Json& section = object_at(document, "dynamodb", "dynamodb");
  require_known_keys(section, "dynamodb", kKeys);
  read_names(object_at(section, "tables", "dynamodb.tables"), "dynamodb.tables", kTables,
             {&tables.tasks, &tables.retry, &tables.closed, &tables.meta});
  read_names(object_at(section, "indexes", "dynamodb.indexes"), "dynamodb.indexes", kIndexes,
             {&tables.tasks_by_greenfield, &tables.retry_by_due, &tables.closed_by_status});
  for (const auto& [usual, name] : object_at(section, "field_names", "dynamodb.field_names").items())
    tables.field_names[usual] = name_in(name, "dynamodb.field_names." + usual);
  if (const auto bucket = section.find("bucket"); bucket != section.end())
    tables.bucket = name_in(*bucket, "dynamodb.bucket");
  return tables;
}

}  // namespace sosw
