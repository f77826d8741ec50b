#include "store/dynamo/dynamo_store.h"

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

DynamoStore::DynamoStore(DynamoDb& db, Random& random, DynamoTables names, S3* s3)
    : tables_(std::make_unique<Tables>(db, random, std::move(names), s3)) {}

DynamoStore::~DynamoStore() = default;

void DynamoStore::keep_to_capacity() {
  as_store_error([&] {
    for (const std::string& table : {tables_->names.tasks, tables_->names.retry, tables_->names.closed})
      tables_->db.keep_to_capacity(table);
  });
}

std::vector<TableDescription> DynamoTables::descriptions() const {
  std::vector<TableDescription> tables = {
      {.name = tasks,
       .key = {field::task_id, ""},
       .key_types = {{field::task_id, "S"}, {field::labourer_id, "S"}, {field::greenfield, "N"}},
       .indexes = {{.name = tasks_by_greenfield, .key = {field::labourer_id, field::greenfield}}}},
      {.name = retry,
       .key = {field::labourer_id, field::task_id},
       .key_types = {{field::labourer_id, "S"}, {field::task_id, "S"}, {field::due, "N"}},
       .indexes = {{.name = retry_by_due, .key = {field::labourer_id, field::due}, .global = false}}},
      {.name = closed,
       .key = {field::task_id, ""},
       .key_types = {{field::task_id, "S"}, {field::status, "S"}, {field::closed_at, "N"}},
       .indexes = {{.name = closed_by_status,
                    .key = {field::status, field::closed_at},
                    .projection = "INCLUDE",
                    .included = {field::completed_at, field::greenfield, field::attempts}}}},
      {.name = meta,
       .key = {field::task_id, field::created_at},
       .key_types = {{field::task_id, "S"}, {field::created_at, "N"}}}};
  const FieldNames names(field_names);
  for (TableDescription& table : tables)
    if (table.name != meta) names.to_table(table);
  return tables;
}

}  // namespace sosw::aws
