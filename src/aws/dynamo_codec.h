#pragma once

#include <nlohmann/json.hpp>

#include "sosw/aws/dynamo_requests.h"

namespace sosw::aws {

/// The bodies of DynamoDB's requests, and what its answers say. Reading throws what nlohmann::json and
/// dynamo_json.h throw.
nlohmann::json body_of(const GetItem&);
nlohmann::json body_of(const PutItem&);
nlohmann::json body_of(const UpdateItem&);
nlohmann::json body_of(const DeleteItem&);
nlohmann::json body_of(const Query&);
nlohmann::json body_of(const Scan&);
nlohmann::json body_of(const Transaction&);
nlohmann::json body_of(const TableDescription&);

Page page_from(const nlohmann::json&);
TableDescription table_from(const nlohmann::json&);
std::vector<TransactionResult::Reason> reasons_from(const nlohmann::json&);

}  // namespace sosw::aws
