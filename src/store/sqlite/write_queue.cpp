#include "store/sqlite/write_queue.h"

#include <map>

namespace sosw {

std::shared_ptr<WriteQueue> WriteQueue::for_file(const std::filesystem::path& file) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::weak_ptr<WriteQueue>> lines;
  const std::lock_guard lock(mutex);
  std::erase_if(lines, [](const auto& entry) { return entry.second.expired(); });
  auto& known = lines[std::filesystem::weakly_canonical(file)];
  auto queue = known.lock();
  if (!queue) known = queue = std::make_shared<WriteQueue>();
  return queue;
}

WriteQueue::Turn::Turn(WriteQueue& queue) : queue_(queue) {
  std::unique_lock lock(queue_.mutex_);
  const std::uint64_t mine = queue_.next_++;
  queue_.moved_.wait(lock, [&] { return queue_.serving_ == mine; });
}

WriteQueue::Turn::~Turn() {
  {
    const std::lock_guard lock(queue_.mutex_);
    ++queue_.serving_;
  }
  queue_.moved_.notify_all();
}

}  // namespace sosw
