// JobStore: the only way to create tasks.

#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/task_id.h"

#include "store/dynamo/dynamo_closed_sets.h"
#include "store/dynamo/dynamo_jobs.h"
#include "store/dynamo/dynamo_queue_positions.h"

namespace sosw::aws {
namespace {

constexpr Seconds kWritesFor = 300;  // at most, until another process may continue
constexpr Seconds kTriesFor = 200;   // until the mark is renewed: calls that began then have ended in time
constexpr int kTries = 8;

/// The delay, after a batch of unknown outcome, until it is read: a sent batch has arrived by then, or never
/// will. A batch that came later would requeue a task that has moved on.
constexpr Seconds kLateArrival = 20;

std::int64_t written_to(const Item& job_row) {
  const AttributeValue* index = find(job_row, "sosw_writes_to");
  return index ? index->integer() : 0;
}

/// One batch of a job's tasks. A mark in the job's row says who writes which indexes: it excludes others, and
/// tells the next writer after a crash that some of them may exist already, and may even have moved on. How
/// far any writer ever meant to write stays in the row, since the next one may write fewer at once.
class Append {
 public:
  Append(DynamoStore::Tables& tables, const Job& job, std::int64_t first, std::int64_t count, Time now)
      : tables_(tables), job_(job), first_(first), end_(first + count), now_(now), began_(tables.db.now()) {}

  /// nullopt when the tasks are to be written, else the cursor.
  std::optional<std::int64_t> begin() {
    WriteResult result = take_mark(end_);
    if (result.condition_failed && result.item && written_to(*result.item) > end_)
      result = take_mark(written_to(*result.item));
    if (!result.item) throw StoreError(fmt::format("job {} was never accepted by this store", job_.job_id));
    const Item& row = *result.item;
    if (result.done()) {
      may_be_there_ = may_be_there_ || written_to(row) > first_;
      return std::nullopt;
    }
    return row.at("sosw_cursor").integer();
  }

  void write(std::span<const std::string> payloads) {
    std::vector<std::string> with_references;
    if (tables_.texts.can_keep()) {
      with_references = keep_large(payloads);
      if (!with_references.empty()) payloads = with_references;
    }
    require_room(payloads);
    tables_.know_labourer(job_.labourer_id);
    for (int tries = 1;; ++tries) {
      const BatchWriteResult result = tables_.db.write_all(batch_of(payloads));
      if (result.all_done()) return;
      const AwsError& error = *result.error;
      // The mark stays: the next writer reads first.
      if (tries == kTries || !(error.retryable || error.maybe_done) || nothing_is_taken(result))
        throw AwsError(error);
      may_be_there_ = true;
      tables_.db.back_off(tries);
      if (is_unknown(result)) tables_.db.wait(kLateArrival);
      if (const auto cursor = begin())
        throw StoreError(fmt::format("job {} was taken over while its tasks were written", job_.job_id));
    }
  }

  /// Of a job that is not chunked further, the unwritten rest of an unfinished batch: the indexes are
  /// counted, and cancelled.
  std::int64_t close_missing() {
    may_be_there_ = true;
    const auto there = already_there();
    BatchWrite batch{.table = tables_.names.closed, .key_names = {field::task_id}};
    std::vector<ClosedSets::Change> changes;
    for (std::int64_t index = first_; index < end_; ++index) {
      const Task task = new_task(job_, index, "{}", 0, now_).task;
      if (there.contains(task.task_id)) continue;
      Item row = new_row(task, job_.priority);
      set_said(row, "", "", "its job was cancelled before this task was written");
      batch.puts.push_back(closed_row(std::move(row), TaskRecord::Closed::cancelled, now_));
      if (const auto change = ClosedSets::change_for(task.task_id, TaskRecord::Closed::cancelled))
        changes.push_back(*change);
    }
    const BatchWriteResult result = tables_.db.write_all(batch);
    if (!result.all_done()) throw AwsError(*result.error);
    ClosedSets::add(tables_, changes);
    return static_cast<std::int64_t>(batch.puts.size());
  }

  std::int64_t finish(bool last) {
    UpdateItem update{.table = tables_.names.tasks,
                      .key = DynamoStore::Tables::key_of(job_key(job_.job_id)),
                      .update = "SET sosw_cursor = :end",
                      .condition = "sosw_writer = :me AND sosw_cursor = :first",
                      .placeholders = {{}, {{":end", end_}, {":me", tables_.owner}, {":first", first_}}},
                      .repeat = Repeat::always};
    if (last) {
      update.update += ", sosw_total = :end, labourer_id = :line";
      update.placeholders.values.emplace(":line", index_key_of_chunked(job_));
    }
    update.update += " REMOVE sosw_writer, sosw_writes_until";
    const WriteResult result = tables_.db.update(update);
    if (result.done()) return end_;
    // A response may have been lost after the update; else another process took the job over.
    const auto row = tables_.row(job_key(job_.job_id));
    return row ? row->at("sosw_cursor").integer() : first_;
  }

 private:
  WriteResult take_mark(std::int64_t end) {
    const Time now = now_ + (tables_.db.now() - began_);
    return tables_.db.update(UpdateItem{
        .table = tables_.names.tasks,
        .key = DynamoStore::Tables::key_of(job_key(job_.job_id)),
        .update = "SET sosw_writer = :me, sosw_writes_until = :until, sosw_writes_to = :end",
        .condition =
            "sosw_cursor = :first AND attribute_not_exists(sosw_total) AND "
            "(attribute_not_exists(sosw_writer) OR sosw_writer = :me OR sosw_writes_until < :now) AND "
            "(attribute_not_exists(sosw_writes_to) OR sosw_writes_to <= :end)",
        .placeholders = {{},
                         {{":me", tables_.owner},
                          {":until", now + kWritesFor},
                          {":end", end},
                          {":first", first_},
                          {":now", now}}},
        .returns = UpdateItem::Return::all_old,
        .return_item_on_failure = true,
        .repeat = Repeat::always});
  }

  /// Large payloads go to the bucket, in order; nullopt when there is none. One that looks like a reference
  /// goes there too, so that it is read back unchanged.
  std::vector<std::string> keep_large(std::span<const std::string> payloads) {
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      const std::string id = task_id(job_.job_id, first_ + static_cast<std::int64_t>(i));
      if (payloads[i].size() <= kLargestPayload && !tables_.texts.is_kept(id, payloads[i])) continue;
      if (kept.empty()) kept.assign(payloads.begin(), payloads.end());
      kept[i] = tables_.texts.keep(id, "payload", payloads[i]);
    }
    return kept;
  }

  void require_room(std::span<const std::string> payloads) const {
    for (std::size_t i = 0; i < payloads.size(); ++i)
      if (payloads[i].size() > kLargestPayload)
        throw StoreError(fmt::format(
            "task {} of job {} has a payload of {} bytes; DynamoDB has room for {}; name "
            "its data instead of sending it, or configure a bucket",
            first_ + static_cast<std::int64_t>(i), job_.job_id, payloads[i].size(), kLargestPayload));
  }

  /// The rows of the missing ones.
  BatchWrite batch_of(std::span<const std::string> payloads) {
    const bool waits = begins_later(job_, now_);
    BatchWrite batch{.table = waits ? tables_.names.retry : tables_.names.tasks,
                     .key_names = {field::task_id},
                     .repeat = Repeat::unless_uncertain,
                     .give_up_at = tables_.db.now() + kTriesFor};
    if (waits) batch.key_names.emplace_back(field::labourer_id);
    const auto there = already_there();
    if (positions_.empty() && !waits) {
      QueuePositions queue_positions(tables_, job_.labourer_id, job_.priority);
      for (std::size_t i = 0; i < payloads.size(); ++i) positions_.push_back(queue_positions.reserve_end());
    }
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      const TaskRecord record =
          new_task(job_, first_ + static_cast<std::int64_t>(i), payloads[i], waits ? 0 : positions_[i], now_);
      if (there.contains(record.task.task_id)) continue;
      Item row = new_row(record.task, job_.priority);
      batch.puts.push_back(waits ? waiting_row(std::move(row), *record.due) : std::move(row));
    }
    return batch;
  }

  static bool is_unknown(const BatchWriteResult& result) {
    return std::ranges::find(result.puts, BatchWriteResult::State::unknown) != result.puts.end();
  }

  static bool nothing_is_taken(const BatchWriteResult& result) {
    return result.error->throttled && std::ranges::all_of(result.puts, [](auto state) {
             return state == BatchWriteResult::State::not_done;
           });
  }

  std::set<std::string> already_there() {
    std::set<std::string> ids;
    if (!may_be_there_) return ids;
    std::vector<std::string> asked;
    for (std::int64_t index = first_; index < end_; ++index) asked.push_back(task_id(job_.job_id, index));
    std::vector<ClosedSets::Change> cancelled;
    for (const auto& [id, found] : tables_.locate(asked)) {
      ids.insert(id);
      // By a cancellation of the job that crashed before it had counted them.
      if (record_from(found.table, found.row).closed == TaskRecord::Closed::cancelled)
        if (const auto change = ClosedSets::change_for(id, TaskRecord::Closed::cancelled))
          cancelled.push_back(*change);
    }
    ClosedSets::add(tables_, cancelled);
    return ids;
  }

  DynamoStore::Tables& tables_;
  const Job& job_;
  std::int64_t first_;
  std::int64_t end_;
  Time now_;
  Time began_;                           ///< by the machine's clock
  std::vector<std::int64_t> positions_;  ///< in the queue, the same at each try
  bool may_be_there_ = false;            ///< some of the tasks
};

}  // namespace

const char* index_key_of_chunked(const Job& job) {
  return job.on_complete.empty() ? job_index::rest : job_index::open;
}

std::int64_t stop_chunking(DynamoStore::Tables& tables, const Item& row, Time now) {
  const Job job = job_from(row);
  const std::int64_t cursor = job.progress.scheduled;
  const AttributeValue* until = find(row, "sosw_writes_until");
  if (until && until->time() >= now)
    throw StoreError("job " + job.job_id + " is being cut at this moment; cancel it again in some minutes");
  Append rest(tables, job, cursor, std::max<std::int64_t>(0, written_to(row) - cursor), now);
  if (rest.begin()) throw StoreError("job " + job.job_id + " is being cut at this moment; cancel it again");
  const std::int64_t closed = rest.close_missing();
  rest.finish(true);
  return closed;
}

std::int64_t DynamoStore::append(const Job& job, std::int64_t first_index,
                                 std::span<const std::string> payloads, bool last, Time now) {
  return as_store_error([&] {
    Append append(*tables_, job, first_index, static_cast<std::int64_t>(payloads.size()), now);
    if (const auto cursor = append.begin()) return *cursor;
    append.write(payloads);
    return append.finish(last);
  });
}

}  // namespace sosw::aws
