#pragma once

#include <nlohmann/json.hpp>

#include "aws/clients/dynamo_requests.h"

namespace sosw::aws {

/// Encodes DynamoDB's requests and decodes its answers. Decoding throws what nlohmann::json and dynamo_json.h
/// throw.
std::string body_of(const GetItem&);
std::string body_of(const PutItem&);
std::string body_of(const UpdateItem&);
std::string body_of(const DeleteItem&);
nlohmann::json body_of(const Query&);
nlohmann::json body_of(const Scan&);
std::string body_of(const Transaction&, const std::string& token);
nlohmann::json body_of(const TableDescription&);

Page page_from(const nlohmann::json&);
TableDescription table_from(const nlohmann::json&);
std::vector<TransactionResult::Reason> reasons_from(const nlohmann::json&);

}  // namespace sosw::aws
