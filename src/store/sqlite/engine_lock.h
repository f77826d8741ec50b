#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace sosw {

/// One engine a store file. Holds a lock on "<file>.lock" as long as any process has the descriptor open:
/// it is closed on exec, but a forked child inherits it and keeps the lock. The process that guards the
/// workers relies on that: the lock is not free before it, and with it the last worker, is gone.
///
/// Only the user of the engine can read the file, since whoever can may keep it locked; and what it says is
/// believed only when that user or root wrote it. Root also believes the owner of the store.
class EngineLock {
 public:
  /// Nothing when another engine has the lock, which `owner` then describes. Throws StoreError when the lock
  /// file can't be written, is a link, or is another user's (root may take it all the same).
  static std::optional<EngineLock> try_take(const std::filesystem::path& store_file);

  /// Who took the lock last, for people: "process 4711 on host mill"; "another process" when that is unknown.
  static std::string owner(const std::filesystem::path& store_file);

  /// Who has the lock at this moment; nothing when nobody has. An engine that tries to take the lock in the
  /// very moment of looking may be refused and should look itself, then try again.
  static std::optional<std::string> holder(const std::filesystem::path& store_file);

  /// Whether the process that took the lock last has ended. Who still holds the lock then only sees to the
  /// end of its workers, and gives it up in a moment.
  static bool owner_ended(const std::filesystem::path& store_file);

  /// Tells others, for as long as the lock is held, where this engine can be asked; an empty URL: nowhere any
  /// more.
  void publish_url(const std::string& url) const;

  /// Where the engine that has the lock at this moment can be asked; nothing when it said nothing, is on
  /// another host, or has ended.
  static std::optional<std::string> published_url(const std::filesystem::path& store_file);

  /// Whether the file that is locked is still the one that others would lock. If not, another engine may have
  /// begun, and this one must end.
  bool is_in_place() const;
  const std::filesystem::path& path() const { return path_; }

  ~EngineLock();
  EngineLock(EngineLock&& other) noexcept;
  EngineLock& operator=(EngineLock&& other) noexcept;

 private:
  EngineLock(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::filesystem::path path_;
};

}  // namespace sosw
