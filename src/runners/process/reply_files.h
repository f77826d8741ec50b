#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runners/process/worker_result.h"

namespace sosw {

/// A folder of this process alone, for what workers reply in files. It is made when it is first asked for
/// and is gone with this object. One that was killed leaves it behind, among the machine's temporary files.
class ReplyFolder {
 public:
  ReplyFolder() = default;
  ~ReplyFolder();
  ReplyFolder(const ReplyFolder&) = delete;
  ReplyFolder& operator=(const ReplyFolder&) = delete;

  /// Empty when there can be none; the log says why, once. One thread at a time.
  const std::filesystem::path& path();

 private:
  std::filesystem::path path_;
  bool tried_ = false;
};

/// The files in which one worker may leave its result and its stats, instead of printing them. They are there
/// only if it makes them, and are gone with this object.
class ReplyFiles {
 public:
  /// `folder` may be empty: then there are no files.
  ReplyFiles(const std::filesystem::path& folder, std::uint64_t id);
  ~ReplyFiles();
  ReplyFiles(const ReplyFiles&) = delete;
  ReplyFiles& operator=(const ReplyFiles&) = delete;

  /// How the worker learns of them: SOSW_RESULT=..., SOSW_STATS=...
  std::vector<std::string> environment() const;

  /// Nothing when the worker wrote no result here.
  std::optional<WorkerResult> result() const;
  WorkerResult stats() const;

 private:
  std::filesystem::path result_, stats_;
};

}  // namespace sosw
