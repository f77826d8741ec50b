#pragma once

#include "store/dynamo/dynamo_store.h"
#include "text/json.h"

namespace sosw {

/// The part `dynamodb` of a configuration: {"tables", "indexes", "field_names", "bucket"}, which default to
/// the usual names. Throws InvalidConfig.
aws::DynamoTables parse_dynamodb(const Json& document);

}  // namespace sosw
