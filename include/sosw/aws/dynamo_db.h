#pragma once

#include <span>
#include <string>
#include <vector>

#include "sosw/aws/caller.h"
#include "sosw/aws/dynamo_requests.h"
#include "sosw/aws/result.h"
#include "sosw/aws/session.h"

namespace sosw::aws {

/// DynamoDB. Calls that take many requests send them all at once and never throw for one of them; calls that
/// take one throw AwsError. One thread at a time.
class DynamoDb {
 public:
  explicit DynamoDb(Session&);
  explicit DynamoDb(Caller caller) : caller_(std::move(caller)) {}

  std::vector<Result<std::optional<Item>>> get(std::span<const GetItem>);
  std::optional<Item> get(const GetItem&);

  std::vector<WriteResult> put(std::span<const PutItem>);
  std::vector<WriteResult> update(std::span<const UpdateItem>);
  std::vector<WriteResult> remove(std::span<const DeleteItem>);
  /// These throw the error in a result; a failed condition is none.
  WriteResult put(const PutItem&);
  WriteResult update(const UpdateItem&);
  WriteResult remove(const DeleteItem&);

  std::vector<Result<Page>> query(std::span<const Query>);
  Page query(const Query&);
  Page scan(const Scan&);

  /// All pages, or as many as hold `at_most` items.
  std::vector<Item> query_all(Query, std::size_t at_most);

  /// How many items there are on all pages.
  std::int64_t count_all(Query);

  /// The items of those keys that exist, in any order. 100 keys a request, what is left unprocessed asked for
  /// again; throws when some of it stays so.
  std::vector<Item> get_all(const BatchGet&);

  /// 25 writes a request, all under way at once; what is left unprocessed is sent again.
  std::vector<BatchWriteResult> write_all(std::span<const BatchWrite>);
  BatchWriteResult write_all(const BatchWrite&);

  std::vector<TransactionResult> transact(std::span<const Transaction>);

  /// Wait as after a throttle: somebody else is in the way.
  void back_off() { caller_.back_off(1); }

  TableDescription describe_table(const std::string& name);
  void create_table(const TableDescription&);

 private:
  Caller caller_;
};

}  // namespace sosw::aws
