#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runners/process/worker_result.h"

namespace sosw {

/// A private folder of this process for result files of workers. It is created at the first use and deleted
/// with this object. A process that was killed leaves it behind, among the machine's temporary files.
class ReplyFolder {
 public:
  ReplyFolder() = default;
  ~ReplyFolder();
  ReplyFolder(const ReplyFolder&) = delete;
  ReplyFolder& operator=(const ReplyFolder&) = delete;

  /// Empty when it can't be created; the log says why, once. One thread at a time.
  const std::filesystem::path& path();

 private:
  std::filesystem::path path_;
  bool tried_ = false;
};

/// The files in which one worker may leave its result and its stats, instead of printing them. They exist
/// only if the worker creates them, and are deleted with this object.
class ReplyFiles {
 public:
  /// `folder` may be empty: then there are no files.
  ReplyFiles(const std::filesystem::path& folder, std::uint64_t id);
  ~ReplyFiles();
  ReplyFiles(const ReplyFiles&) = delete;
  ReplyFiles& operator=(const ReplyFiles&) = delete;

  /// The variables that name them: SOSW_RESULT=..., SOSW_STATS=...
  std::vector<std::string> environment() const;

  /// nullopt when the worker wrote no result here.
  std::optional<WorkerResult> result() const;
  WorkerResult stats() const;

 private:
  std::filesystem::path result_, stats_;
};

}  // namespace sosw
