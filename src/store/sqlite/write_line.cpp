#include "store/sqlite/write_line.h"

#include <map>

namespace sosw {

std::shared_ptr<WriteLine> WriteLine::before(const std::filesystem::path& file) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::weak_ptr<WriteLine>> lines;
  const std::lock_guard lock(mutex);
  std::erase_if(lines, [](const auto& entry) { return entry.second.expired(); });
  auto& known = lines[std::filesystem::weakly_canonical(file)];
  auto line = known.lock();
  if (!line) known = line = std::make_shared<WriteLine>();
  return line;
}

WriteLine::Turn::Turn(WriteLine& line) : line_(line) {
  std::unique_lock lock(line_.mutex_);
  const std::uint64_t mine = line_.next_++;
  line_.moved_.wait(lock, [&] { return line_.serving_ == mine; });
}

WriteLine::Turn::~Turn() {
  {
    const std::lock_guard lock(line_.mutex_);
    ++line_.serving_;
  }
  line_.moved_.notify_all();
}

}  // namespace sosw
