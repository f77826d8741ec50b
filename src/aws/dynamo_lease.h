#pragma once

#include <map>
#include <span>
#include <string>

#include "sosw/ports/task_store.h"

#include "aws/dynamo_tables.h"

namespace sosw::aws {

/// The right to mark tasks of one labourer as invoked, held by one store at a time. Its row also says what
/// was marked lately, because the index that running tasks are counted by is read late.
class Lease {
 public:
  Lease(DynamoStore::Tables&, const Claim&);
  ~Lease();  ///< gives it back
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  bool is_ours() const { return ours_; }

  /// How many tasks of the labourer run now; never too few.
  std::int64_t running();

  /// To be called before tasks are marked. Whether the lease is still ours.
  bool announce(std::span<const Item> rows);

 private:
  bool take();
  std::map<std::string, bool> recent_and_running();
  WriteResult update(const std::string& update, const std::string& condition, Item values);

  DynamoStore::Tables& tables_;
  const Claim& claim_;
  Item recent_;  ///< task ids to when they were marked
  bool ours_ = false;
};

}  // namespace sosw::aws
