#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace sosw {

/// Raises this process's limit of open files to its maximum; returns the limit.
std::uint64_t allow_most_open_files();

/// The open files of this process that are for its workers, of all kinds together. The first call raises the
/// limit to its maximum: fork supervisors, whose workers may not expect that, before it. Any thread.
class WorkerFiles {
 public:
  /// How many more workers with that many files each have room. When none has, the log says so, once.
  std::int64_t room_for_workers(int files_each);

  /// False when there are not enough.
  bool take(int files);
  void give_back(int files);

  /// Why there is no more room.
  std::string shortage() const;

 private:
  std::int64_t left();

  mutable std::mutex mutex_;
  std::optional<std::uint64_t> limit_;  ///< of all open files, once read
  std::int64_t taken_ = 0;
  bool told_ = false;
};

}  // namespace sosw
