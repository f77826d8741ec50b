#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

namespace sosw {

/// Where those of this process who write to one file line up: first come, first served. SQLite alone would
/// let a writer that hardly pauses, as one who cuts a large job, have its next turn before another, who
/// sleeps between its tries, has looked again.
class WriteQueue {
 public:
  /// The one line for this file.
  static std::shared_ptr<WriteQueue> for_file(const std::filesystem::path& file);

  /// A turn, for as long as this lives.
  class Turn {
   public:
    explicit Turn(WriteQueue&);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    WriteQueue& queue_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::uint64_t next_ = 0;     ///< the number of who comes next
  std::uint64_t serving_ = 0;  ///< whose turn it is
};

}  // namespace sosw
