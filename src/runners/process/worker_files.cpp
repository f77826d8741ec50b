#include "runners/process/worker_files.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

namespace sosw {
namespace {

constexpr std::int64_t kFilesOfOthers = 256;  // of the store, of clients and so on
constexpr std::int64_t kLeast = 2;            // for workers, in any case

}  // namespace

std::uint64_t allow_most_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return std::numeric_limits<std::int32_t>::max();
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

std::int64_t WorkerFiles::room_for_workers(int files_each) {
  const std::lock_guard lock(mutex_);
  const std::int64_t room = std::max<std::int64_t>(left() / files_each, 0);
  if (room == 0 && !told_) {
    told_ = true;
    spdlog::warn(
        "more workers would run at once than this process may have open files for ({}); raise the limit: "
        "`ulimit -n`, or LimitNOFILE of its unit",
        *limit_);
  }
  return room;
}

bool WorkerFiles::take(int files) {
  const std::lock_guard lock(mutex_);
  if (left() < files) return false;
  taken_ += files;
  return true;
}

void WorkerFiles::give_back(int files) {
  const std::lock_guard lock(mutex_);
  taken_ -= files;
}

std::string WorkerFiles::shortage() const {
  const std::lock_guard lock(mutex_);
  return fmt::format("the limit of open files ({}) allows no more workers at once", limit_.value_or(0));
}

std::int64_t WorkerFiles::left() {
  if (!limit_) limit_ = allow_most_open_files();
  const auto most =
      static_cast<std::int64_t>(std::min<std::uint64_t>(*limit_, std::numeric_limits<std::int32_t>::max()));
  return std::max(most - kFilesOfOthers, kLeast) - taken_;
}

}  // namespace sosw
