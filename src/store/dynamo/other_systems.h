#pragma once

#include <span>
#include <string>
#include <vector>

#include "sosw/model/task_event.h"

#include "aws/clients/dynamo_db.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {

/// Another system that works on the same tables (SPEC 15).
struct OtherSystem {
  std::string author;      ///< the name of its function
  bool scavenges = false;  ///< it moves tasks: of scavengers there may be only one kind
  Time last_seen;
};

/// Who else wrote events since then about the tasks that were closed last, by their author's name. Our own
/// events are told from others by a mark in the row. It looks at a few tasks of each labourer: a few reads in
/// all. What it does not see may still be there, such as a neighbour that has closed nothing lately or writes
/// no events. Throws AwsError.
std::vector<OtherSystem> find_other_systems(DynamoDb&, const DynamoTables&,
                                            std::span<const std::string> labourer_ids, Time since);

/// For people: why our scavenger must not run beside these; empty when it may.
std::string reason_not_to_scavenge(std::span<const OtherSystem>);

}  // namespace sosw::aws
