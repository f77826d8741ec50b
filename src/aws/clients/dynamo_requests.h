#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/clients/attribute_value.h"
#include "aws/core/caller.h"

namespace sosw::aws {

/// The placeholders of expressions: "#name" for an attribute's name, ":value" for a value. Every one must be
/// used.
struct Placeholders {
  std::map<std::string, std::string> names;
  Item values;
};

struct GetItem {
  std::string table;
  Item key;
  bool consistent = false;
  std::string projection;
  std::map<std::string, std::string> names;
};

struct PutItem {
  std::string table;
  Item item;
  std::string condition;
  Placeholders placeholders;
  bool return_item_on_failure = false;  ///< when the condition fails: return the existing item
  Repeat repeat = Repeat::unless_uncertain;
};

struct UpdateItem {
  enum class Return { nothing, all_old, all_new, updated_old, updated_new };
  std::string table;
  Item key;
  std::string update;
  std::string condition;
  Placeholders placeholders;
  Return returns = Return::nothing;
  bool return_item_on_failure = false;
  Repeat repeat = Repeat::unless_uncertain;
};

struct DeleteItem {
  std::string table;
  Item key;
  std::string condition;
  Placeholders placeholders;
  bool return_old = false;
  bool return_item_on_failure = false;
  Repeat repeat = Repeat::unless_uncertain;
};

struct WriteResult {
  bool condition_failed = false;  ///< surely nothing was written
  std::optional<Item>
      item;  ///< what `returns`, or with a failed condition `return_item_on_failure`, asked for
  std::optional<AwsError> error;  ///< with maybe_done: read the row to learn what happened
  bool done() const { return !condition_failed && !error; }
};

struct Query {
  std::string table;
  std::string index;  ///< empty: the table itself
  std::string key_condition;
  std::string filter;
  std::string projection;
  Placeholders placeholders;
  bool forward = true;
  bool consistent = false;  ///< not on a global index
  bool count_only = false;
  std::optional<std::int64_t> limit;  ///< items read for a page, before the filter
  std::optional<Item> start_after;
};

struct Scan {
  std::string table;
  std::string index;
  std::string filter;
  std::string projection;
  Placeholders placeholders;
  bool consistent = false;
  bool count_only = false;
  std::optional<std::int64_t> limit;
  std::optional<Item> start_after;
};

/// An empty page with a last key is normal: the filter removed all its items.
struct Page {
  std::vector<Item> items;
  std::int64_t count = 0;
  std::int64_t looked_at = 0;
  std::optional<Item> last_key;  ///< nullopt: there are no more
};

struct BatchGet {
  std::string table;
  std::vector<Item> keys;  ///< without duplicates
  bool consistent = false;
  std::string projection;
  std::map<std::string, std::string> names;
};

/// Unconditional writes, without two of the same key.
struct BatchWrite {
  std::string table;
  std::vector<std::string> key_names;  ///< of the table: identify unprocessed writes
  std::vector<Item> puts;
  std::vector<Item> deletes;  ///< keys
  Repeat repeat = Repeat::always;
  /// By the machine's clock: no write is sent later.
  Time give_up_at = Time::never();
};

struct BatchWriteResult {
  enum class State { done, not_done, unknown };
  std::vector<State> puts;  ///< in the order of the request
  std::vector<State> deletes;
  std::optional<AwsError> error;  ///< the first, when something is not done
  bool all_done() const;
};

/// Up to 100 writes that all happen or none.
struct Transaction {
  struct Check {
    std::string table;
    Item key;
    std::string condition;
    Placeholders placeholders;
    bool return_item_on_failure = false;
  };
  std::vector<PutItem> puts;
  std::vector<UpdateItem> updates;
  std::vector<DeleteItem> deletes;
  std::vector<Check> checks;
  std::string token;  ///< makes a repeated call idempotent for ten minutes; generated when empty
};

struct TransactionResult {
  struct Reason {
    std::string code;  ///< "None", "ConditionalCheckFailed", "TransactionConflict", ...
    std::string message;
    std::optional<Item> item;
  };
  /// Why it was cancelled, one for each write: puts, updates, deletes, checks, in this order. Otherwise
  /// empty.
  std::vector<Reason> reasons;
  std::optional<AwsError> error;  ///< also when it was cancelled
  bool done() const { return !error; }
  /// Whether a condition of one of its writes failed.
  bool condition_failed() const;
};

struct KeySchema {
  std::string hash;
  std::string range;  ///< may be empty
};

struct IndexDescription {
  std::string name;
  KeySchema key;
  bool global = true;
  std::string status;                 ///< "ACTIVE"; empty for local indexes
  std::string projection = "ALL";     ///< ALL, KEYS_ONLY, INCLUDE
  std::vector<std::string> included;  ///< with INCLUDE
};

/// A table, existing or to be created.
struct TableDescription {
  std::string name;
  KeySchema key;
  std::map<std::string, std::string> key_types;  ///< attribute in some key to S, N or B
  std::vector<IndexDescription> indexes;
  std::int64_t read_units = 0;  ///< provisioned; 0 with write_units 0: on demand
  std::int64_t write_units = 0;
  std::string status;  ///< "ACTIVE", ... ; not for a table to be created
  std::string arn;
};

}  // namespace sosw::aws
