// JobStore: jobs themselves.

#include "store/dynamo/dynamo_jobs.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/task_id.h"

#include "store/dynamo/dynamo_closed_sets.h"

namespace sosw::aws {
namespace {

constexpr std::int64_t kCancelledAtOnce = 5000;
constexpr std::size_t kLargestJob = 390'000;  // a row is limited to 400 KB

std::vector<Job> jobs_in(DynamoStore::Tables& tables, std::initializer_list<const char*> index_keys,
                         bool newest_first, std::size_t at_most) {
  std::vector<Job> jobs;
  for (const char* index_key : index_keys) {
    Query query = tables.in_queue(index_key, GreenfieldRange());
    query.forward = !newest_first;
    for (const Item& row : tables.db.query_all(query, at_most)) jobs.push_back(job_from(row));
  }
  std::ranges::sort(jobs, [&](const Job& a, const Job& b) {
    const auto order = [](const Job& job) { return std::pair(job.created_at, job.job_id); };
    return newest_first ? order(a) > order(b) : order(a) < order(b);
  });
  if (jobs.size() > at_most) jobs.resize(at_most);
  ClosedSets::count(tables, jobs);
  return jobs;
}

/// The jobs' rows exist twice for a moment when they move in the index.
std::vector<Job> without_doubles(std::vector<Job> jobs) {
  const auto same = [](const Job& a, const Job& b) { return a.job_id == b.job_id; };
  jobs.erase(std::unique(jobs.begin(), jobs.end(), same), jobs.end());
  return jobs;
}

/// With the document, perhaps from the bucket. Throws StoreError when it is gone before the job is chunked.
Job whole_job(DynamoStore::Tables& tables, const Item& row) {
  Job job = job_from(row);
  auto document = tables.texts.whole(job.job_id, job.document);
  if (!document && !row.contains("sosw_total"))
    throw StoreError(fmt::format("job {}: its document is not there any more: {}", job.job_id, job.document));
  if (document) job.document = *std::move(document);
  return job;
}

/// Loads the documents that are in the bucket. A job whose document is unavailable is left out, so that it
/// does not stop the others.
std::vector<Job> with_documents(DynamoStore::Tables& tables, std::vector<Job> jobs) {
  std::erase_if(jobs, [&](Job& job) {
    try {
      auto document = tables.texts.whole(job.job_id, job.document);
      if (!document) {
        spdlog::error("job {} can't be cut: its document is not there any more: {}", job.job_id,
                      job.document);
        return true;
      }
      job.document = *std::move(document);
      return false;
    } catch (const AwsError& error) {
      spdlog::warn("job {} is cut later: its document can't be read: {}", job.job_id, error.what());
      return true;
    }
  });
  return jobs;
}

/// A job that may or may not have been taken here counts as not taken: it can be taken again after `until`.
bool claim_notification(DynamoStore::Tables& tables, const std::string& job_id, Time now, Time until) {
  const UpdateItem take{
      .table = tables.names.tasks,
      .key = DynamoStore::Tables::key_of(job_key(job_id)),
      .update = "SET sosw_announce_after = :until, sosw_announcer = :id",
      .condition = "sosw_announce_after <= :now OR sosw_announcer = :id",
      .placeholders = {{}, {{":until", until}, {":now", now}, {":id", job_id_from(tables.random.next())}}},
      .repeat = Repeat::always};
  return tables.db.update(std::span(&take, 1)).front().done();
}

}  // namespace

Job DynamoStore::accept(const Job& job) {
  return as_store_error([&] {
    Item row = job_row(job);
    if (tables_->texts.can_keep() && size_of(row) > kLargestJob)
      // Under a separate name: another document with the same idempotency key must not overwrite it.
      row.insert_or_assign(
          "sosw_document",
          tables_->texts.keep(job.job_id, "job-" + job_id_from(tables_->random.next()), job.document));
    if (const std::size_t size = size_of(row); size > kLargestJob)
      throw StoreError(
          fmt::format("job {} is {} bytes long; DynamoDB has room for {}; cut it into several jobs, name its "
                      "data instead "
                      "of sending it, or configure a bucket",
                      job.job_id, size, kLargestJob));
    tables_->know_labourer(job.labourer_id);
    const WriteResult result = tables_->db.put(PutItem{.table = tables_->names.tasks,
                                                       .item = row,
                                                       .condition = "attribute_not_exists(task_id)",
                                                       .return_item_on_failure = true,
                                                       .repeat = Repeat::always});
    Job stored = whole_job(*tables_, result.condition_failed && result.item ? *result.item : row);
    ClosedSets::count(*tables_, std::span(&stored, 1));
    return stored;
  });
}

std::optional<Job> DynamoStore::find_job(const std::string& job_id) {
  return as_store_error([&]() -> std::optional<Job> {
    const auto row = tables_->row(job_key(job_id));
    if (!row) return std::nullopt;
    Job job = whole_job(*tables_, *row);
    ClosedSets::count(*tables_, std::span(&job, 1));
    return job;
  });
}

std::vector<Job> DynamoStore::unfinished() {
  return as_store_error([&] {
    return with_documents(
        *tables_, jobs_in(*tables_, {job_index::chunking}, false, std::numeric_limits<std::size_t>::max()));
  });
}

std::vector<Job> DynamoStore::list_jobs(std::size_t at_most) {
  if (at_most == 0) return {};
  return as_store_error([&] {
    return without_doubles(
        jobs_in(*tables_, {job_index::chunking, job_index::open, job_index::rest}, true, at_most));
  });
}

std::optional<std::int64_t> DynamoStore::cancel_job(const std::string& job_id, Time now) {
  return as_store_error([&]() -> std::optional<std::int64_t> {
    auto row = tables_->row(job_key(job_id));
    if (!row) return std::nullopt;
    std::int64_t cancelled = 0;
    if (!row->contains("sosw_total")) {
      cancelled = stop_chunking(*tables_, *row, now);
      row = tables_->row(job_key(job_id));
      if (!row || !row->contains("sosw_total"))
        throw StoreError("job " + job_id + " is being cut at this moment; cancel it again in some minutes");
    }
    const std::int64_t end = row->at("sosw_cursor").integer();
    for (std::int64_t first = 0; first < end; first += kCancelledAtOnce) {
      std::vector<std::string> ids;
      for (std::int64_t index = first; index < std::min(first + kCancelledAtOnce, end); ++index)
        ids.push_back(task_id(job_id, index));
      cancelled += std::ranges::count(cancel_tasks(*tables_, ids, now), true);
    }
    return cancelled;
  });
}

std::vector<Job> DynamoStore::claim_notifications(Time now, Time until, std::size_t at_most) {
  return as_store_error([&] {
    std::vector<Job> taken;
    for (Job& job : jobs_in(*tables_, {job_index::open}, false, std::numeric_limits<std::size_t>::max())) {
      if (taken.size() == at_most) break;
      if (job.progress.finished() && claim_notification(*tables_, job.job_id, now, until))
        taken.push_back(std::move(job));
    }
    std::ranges::sort(taken, {}, &Job::job_id);
    return taken;
  });
}

void DynamoStore::notified(const std::string& job_id) {
  as_store_error([&] {
    tables_->db.update(
        UpdateItem{.table = tables_->names.tasks,
                   .key = Tables::key_of(job_key(job_id)),
                   .update = "SET labourer_id = :line REMOVE sosw_announce_after, sosw_announcer",
                   .condition = "attribute_exists(sosw_job)",
                   .placeholders = {{}, {{":line", job_index::rest}}},
                   .repeat = Repeat::always});
  });
}

}  // namespace sosw::aws
