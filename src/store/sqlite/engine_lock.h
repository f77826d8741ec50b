#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace sosw {

/// Allows one engine per store file. Holds a lock on "<file>.lock" as long as any process has the descriptor
/// open: it is closed on exec, but a forked child inherits it and keeps the lock. The supervisor of the
/// workers relies on that: the lock is not released before it, and with it the last worker, is gone.
///
/// Only the engine's user can read the file, since any reader may keep it locked; its content is trusted only
/// when that user or root wrote it. Root also trusts the owner of the store.
class EngineLock {
 public:
  /// Returns nullopt when another engine has the lock, which `owner` then describes. Throws StoreError when
  /// the lock file can't be written, is a link, or is another user's (root may take it all the same).
  static std::optional<EngineLock> try_take(const std::filesystem::path& store_file);

  /// Who took the lock last, for people: "process 4711 on host mill"; "another process" when that is unknown.
  static std::string owner(const std::filesystem::path& store_file);

  /// Who has the lock now; nullopt when nobody has. An engine that tries to take the lock at the same moment
  /// may be refused and should call this itself, then try again.
  static std::optional<std::string> holder(const std::filesystem::path& store_file);

  /// Whether the process that took the lock last has ended. The lock is then held only until its workers are
  /// ended, and released in a moment.
  static bool owner_ended(const std::filesystem::path& store_file);

  /// Publishes, for as long as the lock is held, the URL of this engine; an empty URL: none any more.
  void publish_url(const std::string& url) const;

  /// The URL of the engine that has the lock now; nullopt when it published none, is on another host, or has
  /// ended.
  static std::optional<std::string> published_url(const std::filesystem::path& store_file);

  /// Whether the locked file is still the one that others would lock. If not, another engine may have begun,
  /// and this one must end.
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
