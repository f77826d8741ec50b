#pragma once

#include <string>
#include <vector>

#include "sosw/ports/waiting.h"

#include "aws/clients/dynamo_db.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {

/// Makes those tables that do not exist, on demand as to capacity, and waits until they can be used. Tables
/// that exist are left as they are. Returns the names of the new ones. Throws AwsError, and StoreError when a
/// table is not ready after five minutes.
std::vector<std::string> create_missing_tables(DynamoDb&, const DynamoTables&, Waiting&);

/// What is wrong with the tables as they are, a line each, with what to do about it; empty when all is well.
/// More attributes, indexes and projections than we need are no fault. Throws AwsError when DynamoDB can't be
/// asked.
std::vector<std::string> faults_of_tables(DynamoDb&, const DynamoTables&);

}  // namespace sosw::aws
