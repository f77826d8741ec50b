#pragma once

#include <string>
#include <vector>

#include "sosw/ports/waiting.h"

#include "aws/clients/dynamo_db.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {

/// Creates missing tables, with capacity on demand, and waits until they can be used. Existing tables are
/// left unchanged. Returns the names of the new ones. Throws AwsError, and StoreError when a table is not
/// ready after five minutes.
std::vector<std::string> create_missing_tables(DynamoDb&, const DynamoTables&, Waiting&);

/// What is wrong with the existing tables, a line each, with the fix; empty when nothing is. Additional
/// attributes, indexes and projections are no fault. Throws AwsError when DynamoDB can't be reached.
std::vector<std::string> faults_of_tables(DynamoDb&, const DynamoTables&);

}  // namespace sosw::aws
