#pragma once

#include "sosw/aws/dynamo_store.h"
#include "sosw/essentials/json.h"

namespace sosw {

/// The part `dynamodb` of a configuration: {"tables", "indexes", "field_names", "bucket"}, all with the usual
/// names as their defaults. Throws InvalidConfig.
aws::DynamoTables parse_dynamodb(const Json& document);

}  // namespace sosw
