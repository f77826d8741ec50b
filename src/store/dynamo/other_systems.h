#pragma once

#include <span>
#include <string>
#include <vector>

#include "sosw/model/task_event.h"

#include "aws/clients/dynamo_db.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {

/// Another system that uses the same tables (SPEC 15).
struct OtherSystem {
  std::string author;      ///< the name of its function
  bool scavenges = false;  ///< it moves tasks: only one kind of scavenger may exist
  Time last_seen;
};

/// Other authors of events since then about recently closed tasks, by name. Our own events are recognized by
/// an attribute of the row. It reads a few tasks of each labourer: a few reads in all. A system it does not
/// see may still exist, such as one that has closed nothing recently or writes no events. Throws AwsError.
std::vector<OtherSystem> find_other_systems(DynamoDb&, const DynamoTables&,
                                            std::span<const std::string> labourer_ids, Time since);

/// For people: why our scavenger must not run beside these; empty when it may.
std::string reason_not_to_scavenge(std::span<const OtherSystem>);

}  // namespace sosw::aws
