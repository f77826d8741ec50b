// JobStore: the one way by which tasks come to be.

#include <fmt/format.h>

#include "sosw/model/task_id.h"

#include "aws/dynamo_jobs.h"
#include "aws/dynamo_line.h"

namespace sosw::aws {
namespace {

constexpr Seconds kWritesFor = 300;  // at most, until somebody else may go on

/// One batch of a job's tasks. A mark in the job's row says who writes which places: it keeps others out, and
/// tells whoever comes after a crash that some of them may be there already, and may even have moved on.
class Append {
 public:
  Append(DynamoStore::Tables& tables, const Job& job, std::int64_t first, std::int64_t count, Time now)
      : tables_(tables), job_(job), first_(first), end_(first + count), now_(now) {}

  /// Nothing when the tasks are to be written, else where the cursor stands.
  std::optional<std::int64_t> begin() {
    const WriteResult result = tables_.db.update(UpdateItem{
        .table = tables_.names.tasks,
        .key = DynamoStore::Tables::key_of(job_key(job_.job_id)),
        .update = "SET sosw_writer = :me, sosw_writes_until = :until, sosw_writes_to = :end",
        .condition = "sosw_cursor = :first AND attribute_not_exists(sosw_total) AND "
                     "(attribute_not_exists(sosw_writer) OR sosw_writer = :me OR sosw_writes_until < :now)",
        .placeholders = {{},
                         {{":me", tables_.owner},
                          {":until", now_ + kWritesFor},
                          {":end", end_},
                          {":first", first_},
                          {":now", now_}}},
        .returns = UpdateItem::Return::all_old,
        .tell_obstacle = true,
        .repeat = Repeat::always});
    if (!result.item) throw StoreError(fmt::format("job {} was never accepted by this store", job_.job_id));
    const Item& row = *result.item;
    if (result.done()) {
      is_resumed_ = row.contains("sosw_writer");
      return std::nullopt;
    }
    const std::int64_t cursor = row.at("sosw_cursor").integer();
    if (cursor == first_ && !row.contains("sosw_total"))
      throw StoreError(
          fmt::format("job {} is being cut by somebody else, or was until a moment ago; try again "
                      "in some minutes",
                      job_.job_id));
    return cursor;
  }

  void write(std::span<const std::string> payloads) {
    for (std::size_t i = 0; i < payloads.size(); ++i)
      if (payloads[i].size() > kLargestPayload)
        throw StoreError(fmt::format(
            "task {} of job {} has a payload of {} bytes; DynamoDB has room for {}; name "
            "its data instead of sending it",
            first_ + static_cast<std::int64_t>(i), job_.job_id, payloads[i].size(), kLargestPayload));
    const bool waits = job_.run_at && *job_.run_at > now_;
    BatchWrite batch{.table = waits ? tables_.names.retry : tables_.names.tasks,
                     .key_names = {field::task_id},
                     .repeat = Repeat::unless_uncertain};
    if (waits) batch.key_names.emplace_back(field::labourer_id);
    const auto there = already_there();
    Line line(tables_, job_.labourer_id, job_.priority);
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      Task task{.task_id = task_id(job_.job_id, first_ + static_cast<std::int64_t>(i)),
                .labourer_id = job_.labourer_id,
                .created_at = now_,
                .payload = payloads[i]};
      if (there.contains(task.task_id)) continue;
      task.greenfield = waits ? 0 : line.join_end();
      Item row = new_row(task, job_.priority);
      batch.puts.push_back(waits ? waiting_row(std::move(row), *job_.run_at) : std::move(row));
    }
    tables_.know_labourer(job_.labourer_id);
    const BatchWriteResult result = tables_.db.write_all(batch);
    if (!result.all_done()) throw AwsError(*result.error);  // the mark stays: the next call looks first
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
      update.placeholders.values.emplace(":line", job_.on_complete.empty() ? job_line::rest : job_line::open);
    }
    update.update += " REMOVE sosw_writer, sosw_writes_until, sosw_writes_to";
    const WriteResult result = tables_.db.update(update);
    if (result.done()) return end_;
    // An answer may have been lost and the update be done; else somebody else took the job over.
    const auto row = tables_.row(job_key(job_.job_id));
    return row ? row->at("sosw_cursor").integer() : first_;
  }

 private:
  std::set<std::string> already_there() {
    std::set<std::string> ids;
    if (!is_resumed_) return ids;
    std::vector<std::string> asked;
    for (std::int64_t place = first_; place < end_; ++place) asked.push_back(task_id(job_.job_id, place));
    for (const auto& [id, found] : tables_.locate(asked)) ids.insert(id);
    return ids;
  }

  DynamoStore::Tables& tables_;
  const Job& job_;
  std::int64_t first_;
  std::int64_t end_;
  Time now_;
  bool is_resumed_ = false;
};

}  // namespace

std::int64_t DynamoStore::append(const Job& job, std::int64_t first_place,
                                 std::span<const std::string> payloads, bool last, Time now) {
  return in_words([&] {
    Append append(*tables_, job, first_place, static_cast<std::int64_t>(payloads.size()), now);
    if (const auto cursor = append.begin()) return *cursor;
    append.write(payloads);
    return append.finish(last);
  });
}

}  // namespace sosw::aws
