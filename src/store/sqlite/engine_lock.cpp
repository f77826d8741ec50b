#include "store/sqlite/engine_lock.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "sosw/model/errors.h"

namespace sosw {
namespace {

/// One lock for a file, by whichever links it is named.
std::filesystem::path lock_file_of(std::filesystem::path store_file) {
  constexpr int kMostLinks = 40;
  std::error_code ignored;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(store_file, ignored); ++i)
    store_file = store_file.parent_path() / std::filesystem::read_symlink(store_file);
  return std::filesystem::weakly_canonical(store_file) += ".lock";
}

std::string this_host() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::string this_process() { return fmt::format("process {} on host {}\n", getpid(), this_host()); }

/// What is written only informs; the lock holds without it.
void sign(int descriptor, const std::string& url = "") {
  const std::string text = this_process() + url;
  if (ftruncate(descriptor, 0) == 0) [[maybe_unused]]
    const auto written = pwrite(descriptor, text.data(), text.size(), 0);
}

/// What the lock file says.
struct Signature {
  pid_t pid = 0;
  std::string host;
  std::string url;

  bool is_of_this_host() const { return host == this_host(); }
  bool is_alive() const { return kill(pid, 0) == 0 || errno != ESRCH; }
};

Signature signature_in(const std::filesystem::path& store_file) {
  std::ifstream file(lock_file_of(store_file));
  Signature signature;
  std::string process, on, host_word;
  file >> process >> signature.pid >> on >> host_word >> signature.host >> signature.url;
  return signature;
}

}  // namespace

std::optional<EngineLock> EngineLock::try_take(const std::filesystem::path& store_file) {
  const std::filesystem::path path = lock_file_of(store_file);
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0)
    throw StoreError(fmt::format("{}: can't be opened for the lock of the engine: {}", path.string(),
                                 std::strerror(errno)));
  EngineLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    sign(descriptor);
    return lock;
  }
  if (errno == EWOULDBLOCK) return std::nullopt;
  throw StoreError(fmt::format("{}: can't be locked: {}", path.string(), std::strerror(errno)));
}

std::string EngineLock::owner(const std::filesystem::path& store_file) {
  std::ifstream file(lock_file_of(store_file));
  std::string line;
  std::getline(file, line);
  return line.empty() ? "another process" : line;
}

std::optional<std::string> EngineLock::holder(const std::filesystem::path& store_file) {
  const int descriptor = open(lock_file_of(store_file).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const EngineLock look(descriptor);
  if (flock(descriptor, LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  return owner(store_file);
}

bool EngineLock::owner_ended(const std::filesystem::path& store_file) {
  const Signature signature = signature_in(store_file);
  return signature.is_of_this_host() && !signature.is_alive();
}

void EngineLock::announce(const std::string& url) const { sign(descriptor_, url); }

std::optional<std::string> EngineLock::announced(const std::filesystem::path& store_file) {
  if (!holder(store_file)) return std::nullopt;
  const Signature signature = signature_in(store_file);
  if (signature.url.empty() || !signature.is_of_this_host() || !signature.is_alive()) return std::nullopt;
  return signature.url;
}

// Closing, not unlocking: a forked child keeps the lock with its own copy of the descriptor.
EngineLock::~EngineLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

EngineLock::EngineLock(EngineLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

EngineLock& EngineLock::operator=(EngineLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace sosw
