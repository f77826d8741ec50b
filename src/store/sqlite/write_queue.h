#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

namespace sosw {

/// The queue of this process's writers to one file: first come, first served. SQLite alone would let a writer
/// that hardly pauses, such as one chunking a large job, continue before another, which sleeps between its
/// tries, has tried again.
class WriteQueue {
 public:
  /// The one queue of this file.
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
  std::uint64_t next_ = 0;     ///< the number of the next to come
  std::uint64_t serving_ = 0;  ///< the number of the current turn
};

}  // namespace sosw
