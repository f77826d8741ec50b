#include "store/sqlite/task_keys.h"

#include "sosw/model/task_id.h"

namespace sosw {
namespace {

constexpr char kNumberOfJob[] = "SELECT job_number FROM jobs WHERE job_id = ?1";
constexpr char kIdOfJob[] = "SELECT job_id FROM jobs WHERE job_number = ?1";

constexpr std::size_t kIndexDigits = 16;

std::optional<std::int64_t> index_from(std::string_view digits) {
  std::uint64_t index = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9')
      index = index << 4 | static_cast<std::uint64_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      index = index << 4 | static_cast<std::uint64_t>(c - 'a' + 10);
    else
      return std::nullopt;
  }
  if (index > static_cast<std::uint64_t>(TaskKey::kLastIndex)) return std::nullopt;
  return static_cast<std::int64_t>(index);
}

}  // namespace

std::vector<KeyRange> ranges_of(std::span<const std::int64_t> keys) {
  std::vector<KeyRange> ranges;
  for (const std::int64_t key : keys) {
    if (!ranges.empty() && ranges.back().last + 1 == key)
      ranges.back().last = key;
    else
      ranges.push_back({key, key});
  }
  return ranges;
}

IdParts parts_of(std::string_view task_id) {
  if (task_id.size() <= kIndexDigits) return {std::string(task_id), -1};
  const std::size_t split = task_id.size() - kIndexDigits;
  return {std::string(task_id.substr(0, split)),
          index_from(task_id.substr(split)).value_or(TaskKey::kLastIndex)};
}

std::optional<std::int64_t> TaskKeys::job_number(std::string_view job_id) {
  if (const auto known = numbers_.find(job_id); known != numbers_.end()) return known->second;
  Query query = db_.query(kNumberOfJob);
  std::string id(job_id);
  if (!query.start(id).next()) return std::nullopt;
  return numbers_.emplace(std::move(id), query.integer(0)).first->second;
}

std::optional<TaskKey> TaskKeys::find(std::string_view task_id) {
  if (task_id.size() <= kIndexDigits) return std::nullopt;
  const std::size_t split = task_id.size() - kIndexDigits;
  const auto index = index_from(task_id.substr(split));
  if (!index) return std::nullopt;
  const auto job = job_number(task_id.substr(0, split));
  if (!job) return std::nullopt;
  return TaskKey{*job, *index};
}

std::string TaskKeys::task_id(TaskKey key) {
  auto known = ids_.find(key.job);
  if (known == ids_.end()) {
    Query query = db_.query(kIdOfJob);
    query.start(key.job).next();
    known = ids_.emplace(key.job, query.text(0)).first;
  }
  return sosw::task_id(known->second, key.index);
}

}  // namespace sosw
