#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sosw/ports/task_store.h"

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// The right to mark tasks of one labourer as invoked, held by one store at a time. Its row also names the
/// rows of recently marked tasks, because the index that counts running tasks is eventually consistent.
class Lease {
 public:
  Lease(DynamoStore::Tables&, const Claim&);
  ~Lease();  ///< releases it
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  bool is_ours() const { return ours_; }

  /// How many more tasks may be marked; never too many.
  std::int64_t room();

  /// Must be called before tasks are marked. Whether the lease is still ours.
  bool record_marks(std::span<const Item> rows);

 private:
  bool take();
  Time until() const;  ///< when it expires unless renewed
  void forget_old_marks(const Item& lease);
  Item recent_as_item() const;
  std::set<std::string> running_in_index();
  std::int64_t running_lately(std::set<std::string>& in_index);
  WriteResult update(const std::string& update, const std::string& condition, Item values);

  /// The marks of one row.
  struct Marks {
    Time at;
    std::int64_t count = 0;
  };

  DynamoStore::Tables& tables_;
  const Claim& claim_;
  std::map<std::string, Marks> recent_;  ///< by the key of the row that holds the task ids
  Time began_;                           ///< by the machine's clock; the claim's clock is the caller's
  int marks_recorded_ = 0;
  bool ours_ = false;
};

}  // namespace sosw::aws
