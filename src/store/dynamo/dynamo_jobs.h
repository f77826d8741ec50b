#pragma once

#include <string>

#include "sosw/model/job.h"

#include "store/dynamo/dynamo_tables.h"

namespace sosw::aws {

/// The partitions of jobs in the index of the tasks table: jobs are listed as if they were tasks of these
/// labourers.
namespace job_index {
inline constexpr const char* chunking = "sosw#jobs#cutting";
inline constexpr const char* open = "sosw#jobs#open";  ///< completely chunked, on_complete still to be called
inline constexpr const char* rest = "sosw#jobs#rest";
}  // namespace job_index

Item job_row(const Job&);
Job job_from(const Item& row);  ///< without its closed counts, see Tally

/// The index entry of a job that is completely chunked.
const char* index_key_of_chunked(const Job&);

/// Marks the job of this row as completely chunked. Tasks that a crashed writer wrote behind its cursor then
/// belong to it; indexes that were never written are closed as cancelled; returns how many. Throws StoreError
/// while another process may still be writing.
std::int64_t stop_chunking(DynamoStore::Tables&, const Item& job_row, Time now);

/// Closes those tasks that are queued or waiting as cancelled; true for each.
std::vector<bool> cancel_tasks(DynamoStore::Tables&, std::span<const std::string> task_ids, Time now);

}  // namespace sosw::aws
