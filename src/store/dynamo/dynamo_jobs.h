#pragma once

#include <string>

#include "sosw/model/job.h"

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// Where a job stands in the index of the tasks table: jobs are listed as if they were tasks of these
/// labourers.
namespace job_index {
inline constexpr const char* chunking = "sosw#jobs#cutting";
inline constexpr const char* open = "sosw#jobs#open";  ///< wholly cut, on_complete still to be called
inline constexpr const char* rest = "sosw#jobs#rest";
}  // namespace job_index

Item job_row(const Job&);
Job job_from(const Item& row);  ///< without what is closed of it, see Tally

/// The line of a job that is wholly cut.
const char* index_key_of_chunked(const Job&);

/// Makes the job of this row one that is wholly cut. Whatever somebody who died was writing behind its cursor
/// belongs to it then; places that were never written are closed as cancelled; returns
/// how many. Throws StoreError while somebody may still be writing.
std::int64_t stop_chunking(DynamoStore::Tables&, const Item& job_row, Time now);

/// Closes those of the tasks that are queued or wait, as cancelled; true for each.
std::vector<bool> cancel_tasks(DynamoStore::Tables&, std::span<const std::string> task_ids, Time now);

}  // namespace sosw::aws
