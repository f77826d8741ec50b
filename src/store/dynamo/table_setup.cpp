#include "store/dynamo/table_setup.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "aws/core/access.h"

namespace sosw::aws {
namespace {

constexpr Seconds kTablePollInterval = 1;
constexpr int kMostPolls = 300;

std::optional<TableDescription> find_table(DynamoDb& db, const std::string& name) {
  try {
    return db.describe_table(name);
  } catch (const AwsError& error) {
    if (error.code == "ResourceNotFoundException") return std::nullopt;
    throw;
  }
}

void await_table(DynamoDb& db, const std::string& name, Waiting& waiting) {
  for (int i = 0; i < kMostPolls; ++i) {
    const auto table = find_table(db, name);
    if (table && table->status == "ACTIVE") return;
    waiting.wait(kTablePollInterval);
  }
  throw StoreError(fmt::format("the table {} was made and is not ready after {} s; look at it in AWS", name,
                               kMostPolls * kTablePollInterval));
}

std::string key_text(const KeySchema& key, const TableDescription& table) {
  const auto typed = [&](const std::string& name) {
    const auto type = table.key_types.find(name);
    return fmt::format("{} ({})", name, type == table.key_types.end() ? "?" : type->second);
  };
  return key.range.empty() ? typed(key.hash) : fmt::format("{} + {}", typed(key.hash), typed(key.range));
}

/// Compares one table with its required definition.
class Comparison {
 public:
  Comparison(const TableDescription& is, const TableDescription& wanted) : is_(is), wanted_(wanted) {}

  std::vector<std::string> faults() {
    if (const std::string key = key_text(is_.key, is_), needed = key_text(wanted_.key, wanted_);
        key != needed)
      add_fault(fmt::format("its key is {}, it must be {}; a key can't be changed, so make the table anew",
                            key, needed));
    if (is_.status != "ACTIVE" && is_.status != "UPDATING")
      add_fault(fmt::format("it is {}; wait until it is ACTIVE", is_.status));
    for (const IndexDescription& index : wanted_.indexes) compare(index);
    return std::move(faults_);
  }

 private:
  void add_fault(const std::string& what) { faults_.push_back(fmt::format("table {}: {}", is_.name, what)); }

  void compare(const IndexDescription& wanted) {
    const std::string needed = key_text(wanted.key, wanted_);
    const auto index = std::ranges::find(is_.indexes, wanted.name, &IndexDescription::name);
    if (index == is_.indexes.end()) {
      add_fault(fmt::format("the index {} is missing; {} with the key {}", wanted.name,
                            wanted.global ? "add a global index" : "make the table anew with a local index",
                            needed));
      return;
    }
    if (const std::string key = key_text(index->key, is_); key != needed)
      add_fault(fmt::format("the index {} has the key {}, it must be {}", wanted.name, key, needed));
    if (!index->status.empty() && index->status != "ACTIVE" && index->status != "UPDATING")
      add_fault(fmt::format("the index {} is {}; wait until it is ACTIVE", wanted.name, index->status));
    compare_projections(*index, wanted);
  }

  void compare_projections(const IndexDescription& index, const IndexDescription& wanted) {
    if (index.projection == "ALL") return;
    if (wanted.projection == "ALL") {
      add_fault(fmt::format("the index {} projects {}, it must project ALL", wanted.name, index.projection));
      return;
    }
    for (const std::string& name : wanted.included)
      if (std::ranges::find(index.included, name) == index.included.end())
        add_fault(fmt::format("the index {} does not include {}", wanted.name, name));
  }

  const TableDescription& is_;
  const TableDescription& wanted_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> create_missing_tables(DynamoDb& db, const DynamoTables& tables, Waiting& waiting) {
  std::vector<std::string> created;
  for (const TableDescription& wanted : tables.descriptions()) {
    if (find_table(db, wanted.name)) continue;
    db.create_table(wanted);
    created.push_back(wanted.name);
  }
  for (const std::string& name : created) await_table(db, name, waiting);
  return created;
}

std::vector<std::string> faults_of_tables(DynamoDb& db, const DynamoTables& tables) {
  std::vector<std::string> faults;
  for (const TableDescription& wanted : tables.descriptions()) {
    try {
      if (const auto table = find_table(db, wanted.name))
        for (std::string& fault : Comparison(*table, wanted).faults()) faults.push_back(std::move(fault));
      else
        faults.push_back(fmt::format("table {}: there is none; `sosw init` makes it", wanted.name));
    } catch (const AwsError& error) {
      if (!is_forbidden(error)) throw;
      faults.push_back(fmt::format("table {}: it can't be looked at: {}", wanted.name, error.what()));
    }
  }
  return faults;
}

}  // namespace sosw::aws
