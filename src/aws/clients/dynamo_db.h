#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/clients/dynamo_requests.h"
#include "aws/clients/field_names.h"
#include "aws/core/caller.h"
#include "aws/core/result.h"
#include "aws/core/session.h"

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
  /// No retry begins after `give_up_at`, by the machine's clock.
  std::vector<WriteResult> update(std::span<const UpdateItem>, Time give_up_at = Time::never());
  std::vector<WriteResult> remove(std::span<const DeleteItem>);
  /// These throw the error in a result; a failed condition is not an error.
  WriteResult put(const PutItem&);
  WriteResult update(const UpdateItem&);
  WriteResult remove(const DeleteItem&);

  std::vector<Result<Page>> query(std::span<const Query>);
  Page query(const Query&);
  Page scan(const Scan&);

  /// All pages, or as many as hold `at_most` items.
  std::vector<Item> query_all(Query, std::size_t at_most);

  /// The number of items on all pages.
  std::int64_t count_all(Query);

  /// The existing items of those keys, in any order. 100 keys a request, unprocessed ones are requested
  /// again; throws when some remain unprocessed.
  std::vector<Item> get_all(const BatchGet&);

  /// 25 writes a request, all concurrently. Writes that exceed a table's capacity are sent again, in ever
  /// smaller numbers, as long as some of them succeed now and then.
  std::vector<BatchWriteResult> write_all(std::span<const BatchWrite>);
  BatchWriteResult write_all(const BatchWrite&);

  /// Reads the provisioned capacity of a table; from then on write_all() uses at most half of its write
  /// capacity, the rest is left for others. A table on demand has no such limit.
  void keep_to_capacity(const std::string& table);

  /// Our write units a second for a table; nullopt when there is no limit, or it was not read.
  std::optional<double> write_rate(const std::string& table) const;

  /// From now on field names in requests to this table, and in its answers, are translated.
  void use_names(const std::string& table, FieldNames names) { field_names_[table] = std::move(names); }

  std::vector<TransactionResult> transact(std::span<const Transaction>);

  /// Waits as before the retry of that number (1, 2, ...) of a throttled call, on contention with others.
  void back_off(int retry = 1) { caller_.back_off(retry); }

  /// Waits.
  void wait(Seconds seconds) { caller_.wait(seconds); }

  /// The time by the machine's clock.
  Time now() const { return caller_.now(); }

  TableDescription describe_table(const std::string& name);
  void create_table(const TableDescription&);

 private:
  const FieldNames* names_of(const std::string& table) const;
  template <class Request>
  std::vector<Request> translated(std::span<const Request>) const;
  template <class Request>
  std::vector<WriteResult> write(const char* operation, std::span<const Request>,
                                 Time give_up_at = Time::never());
  template <class Request>
  std::vector<Result<Page>> search(const char* operation, std::span<const Request>);
  std::vector<Item> get_all_named(const BatchGet&);

  Caller caller_;
  std::map<std::string, double> write_rates_;      ///< by table
  std::map<std::string, FieldNames> field_names_;  ///< by table
};

}  // namespace sosw::aws
