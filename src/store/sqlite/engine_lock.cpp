#include "store/sqlite/engine_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "store/sqlite/store_file.h"

namespace sosw {
namespace {

constexpr uid_t kRoot = 0;
constexpr mode_t kOwnersOnly = S_IRUSR | S_IWUSR;

/// One lock per file, whichever links name it.
std::filesystem::path lock_file_of(const std::filesystem::path& store_file) {
  return behind_links(store_file) += ".lock";
}

std::string this_host() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::string this_process() { return fmt::format("process {} on host {}\n", getpid(), this_host()); }

/// The content is only informative; the lock holds without it.
void sign(int descriptor, const std::string& url = "") {
  const std::string text = this_process() + url;
  if (ftruncate(descriptor, 0) == 0) [[maybe_unused]]
    const auto written = pwrite(descriptor, text.data(), text.size(), 0);
}

/// The content of the lock file.
struct Signature {
  pid_t pid = 0;
  std::string host;
  std::string url;

  bool is_of_this_host() const { return host == this_host(); }
  bool is_alive() const { return kill(pid, 0) == 0 || errno != ESRCH; }
};

/// The content of a file that another user created, or may change, is not trusted. Root also trusts the
/// store's owner.
bool is_believable(const struct stat& lock_file, const std::filesystem::path& store_file) {
  const uid_t user = geteuid();
  struct stat store {};
  const bool is_of_store =
      user == kRoot && stat(store_file.c_str(), &store) == 0 && lock_file.st_uid == store.st_uid;
  return S_ISREG(lock_file.st_mode) && (lock_file.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
         (lock_file.st_uid == user || lock_file.st_uid == kRoot || is_of_store);
}

/// Returns -1 when there is none that can be read and trusted.
int open_to_read(const std::filesystem::path& store_file) {
  const int descriptor =
      open(lock_file_of(store_file).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat file {};
  if (descriptor < 0 || (fstat(descriptor, &file) == 0 && is_believable(file, store_file))) return descriptor;
  close(descriptor);
  return -1;
}

/// The beginning of the lock file, which is all of it unless another program wrote there.
std::string text_in(const std::filesystem::path& store_file) {
  std::array<char, 4096> text{};
  const int descriptor = open_to_read(store_file);
  if (descriptor < 0) return "";
  const ssize_t size = read(descriptor, text.data(), text.size());
  close(descriptor);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

Signature signature_in(const std::filesystem::path& store_file) {
  std::istringstream file(text_in(store_file));
  Signature signature;
  std::string process, on, host_word;
  file >> process >> signature.pid >> on >> host_word >> signature.host >> signature.url;
  return signature;
}

/// Opens the lock file to lock it, creating it if needed. Nobody else can read it then, since any reader may
/// keep it locked.
int open_to_hold(const std::filesystem::path& path) {
  const int descriptor =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kOwnersOnly);
  if (descriptor < 0)
    throw StoreError(fmt::format("{}: can't be opened for the lock of the engine: {}", path.string(),
                                 errno == ELOOP ? "it is a link; remove it" : std::strerror(errno)));
  struct stat file {};
  const uid_t user = geteuid();
  if (fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) || (file.st_uid != user && user != kRoot)) {
    close(descriptor);
    throw StoreError(fmt::format(
        "{}: is not a file of this user, but of user {}; remove it, so that the engine can make its lock",
        path.string(), file.st_uid));
  }
  fchmod(descriptor, kOwnersOnly);
  return descriptor;
}

}  // namespace

std::optional<EngineLock> EngineLock::try_take(const std::filesystem::path& store_file) {
  const std::filesystem::path path = lock_file_of(store_file);
  for (;;) {
    EngineLock lock(open_to_hold(path), path);
    if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      throw StoreError(fmt::format("{}: can't be locked: {}", path.string(), std::strerror(errno)));
    }
    if (!lock.is_in_place()) continue;  // it was removed before we had it
    sign(lock.descriptor_);
    return lock;
  }
}

bool EngineLock::is_in_place() const {
  struct stat ours {
  }, there{};
  return fstat(descriptor_, &ours) == 0 && lstat(path_.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
         ours.st_dev == there.st_dev;
}

std::string EngineLock::owner(const std::filesystem::path& store_file) {
  const std::string text = text_in(store_file);
  const std::string line = text.substr(0, text.find('\n'));
  return line.empty() ? "another process" : line;
}

std::optional<std::string> EngineLock::holder(const std::filesystem::path& store_file) {
  const int descriptor = open_to_read(store_file);
  if (descriptor < 0) return std::nullopt;
  const EngineLock look(descriptor, {});
  if (flock(descriptor, LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  return owner(store_file);
}

bool EngineLock::owner_ended(const std::filesystem::path& store_file) {
  const Signature signature = signature_in(store_file);
  return signature.is_of_this_host() && !signature.is_alive();
}

void EngineLock::publish_url(const std::string& url) const { sign(descriptor_, url); }

std::optional<std::string> EngineLock::published_url(const std::filesystem::path& store_file) {
  if (!holder(store_file)) return std::nullopt;
  const Signature signature = signature_in(store_file);
  if (signature.url.empty() || !signature.is_of_this_host() || !signature.is_alive()) return std::nullopt;
  return signature.url;
}

// Closing, not unlocking: a forked child keeps the lock with its own copy of the descriptor.
EngineLock::~EngineLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

EngineLock::EngineLock(EngineLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

EngineLock& EngineLock::operator=(EngineLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

}  // namespace sosw
