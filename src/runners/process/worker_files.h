#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace sosw {

/// Allows this process as many open files as it may have at all; returns how many.
std::uint64_t allow_most_open_files();

/// The open files of this process that are for its workers, of all kinds together. The first call allows it
/// as many as it may have: supervisors, whose workers may not expect that, are to be forked before. Any
/// thread.
class WorkerFiles {
 public:
  /// For how many workers more of so many files each there is room. When there is none, the log says so,
  /// once.
  std::int64_t room_for_workers(int files_each);

  /// False when there are not so many.
  bool take(int files);
  void give_back(int files);

  /// Why there is no more room.
  std::string shortage() const;

 private:
  std::int64_t left();

  mutable std::mutex mutex_;
  std::optional<std::uint64_t> limit_;  ///< of all open files, once it was asked for
  std::int64_t taken_ = 0;
  bool told_ = false;
};

}  // namespace sosw
