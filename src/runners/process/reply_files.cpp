#include "runners/process/reply_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runners/process/descriptor.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

/// The content of a worker's file. It may have put anything there: only a plain file is read, and at most one
/// byte more than `most`.
struct Left {
  std::string text;
  std::string problem;  ///< why there is no text
};

Left left_in(const fs::path& path, std::size_t most) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open())
    return {.problem = errno == ENOENT ? "" : "can't be read: " + std::generic_category().message(errno)};
  struct stat facts {};
  if (fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) return {.problem = "is no plain file"};
  Left left{.text =
                std::string(std::min<std::size_t>(static_cast<std::size_t>(facts.st_size), most + 1), '\0')};
  std::size_t size = 0;
  while (size < left.text.size()) {
    const ssize_t read =
        pread(file.number(), left.text.data() + size, left.text.size() - size, static_cast<off_t>(size));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) break;
    size += static_cast<std::size_t>(read);
  }
  left.text.resize(size);
  if (size > most) return {.problem = fmt::format("is larger than {} KiB", most / 1024)};
  return left;
}

}  // namespace

ReplyFolder::~ReplyFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

const fs::path& ReplyFolder::path() {
  if (std::exchange(tried_, true)) return path_;
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "sosw-replies-XXXXXX").string();
  if (!error && mkdtemp(pattern.data()) == nullptr) error.assign(errno, std::generic_category());
  if (error)
    spdlog::warn("no folder for results of workers can be made ({}: {}): they have to print them", pattern,
                 error.message());
  else
    path_ = pattern;
  return path_;
}

ReplyFiles::ReplyFiles(const fs::path& folder, std::uint64_t id) {
  if (folder.empty()) return;
  result_ = folder / fmt::format("{}.result", id);
  stats_ = folder / fmt::format("{}.stats", id);
}

ReplyFiles::~ReplyFiles() {
  std::error_code ignored;
  for (const fs::path& file : {result_, stats_})
    if (!file.empty()) fs::remove_all(file, ignored);
}

std::vector<std::string> ReplyFiles::environment() const {
  if (result_.empty()) return {};
  return {"SOSW_RESULT=" + result_.string(), "SOSW_STATS=" + stats_.string()};
}

std::optional<WorkerResult> ReplyFiles::result() const {
  if (result_.empty()) return std::nullopt;
  const Left left = left_in(result_, kLargestWorkerResult);
  if (!left.problem.empty()) return WorkerResult{.problem = "its SOSW_RESULT " + left.problem};
  if (left.text.empty()) return std::nullopt;
  WorkerResult result = worker_result(left.text);
  if (!result.problem.empty()) result.problem = "SOSW_RESULT: " + result.problem;
  return result;
}

WorkerResult ReplyFiles::stats() const {
  if (stats_.empty()) return {};
  const Left left = left_in(stats_, kLargestWorkerStats);
  if (!left.problem.empty()) return {.problem = "its SOSW_STATS " + left.problem};
  return worker_stats(left.text);
}

}  // namespace sosw
