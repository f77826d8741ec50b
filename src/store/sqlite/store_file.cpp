#include "store/sqlite/store_file.h"

#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sosw {

std::filesystem::path behind_links(std::filesystem::path file) {
  constexpr int kMostLinks = 40;
  std::error_code ignored;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(file, ignored); ++i)
    file = file.parent_path() / std::filesystem::read_symlink(file);
  return std::filesystem::weakly_canonical(file);
}

/// Never opens a file that exists: closing it would give up the locks that SQLite has on it in this process.
void create_for_owner_only(const std::filesystem::path& file) {
  const int descriptor =
      open(behind_links(file).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) close(descriptor);
}

}  // namespace sosw
