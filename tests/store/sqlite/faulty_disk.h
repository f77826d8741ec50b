#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace sosw {

/// A disk under SQLite that fails, or loses its power, when it is told to. While one exists it is SQLite's
/// default, so that code under test needs to know nothing of it; files are real ones underneath. One thread.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  enum class Call { open, remove, read, write, sync, truncate, lock, memory };

  struct Fault {
    std::optional<Call> call;  ///< nothing: any that changes a file
    int code = SQLITE_IOERR;
    bool for_good = false;  ///< from that call on, not only once
  };

  /// The number-th such call from now on, beginning with 0, fails.
  void fail(const Fault&, std::int64_t number);
  bool has_failed() const { return failed_; }

  /// The number-th call from now on that changes a file, and all later ones, find no power.
  void cut_power(std::int64_t number);

  /// What is on the disk after the power cut, put into `folder`. Synced writes are there; of the others, each
  /// sector with the chance that `survives` decides.
  template <typename Survives>
  void recover(const std::filesystem::path& folder, Survives survives) const {
    for (const auto& [path, file] : files_) write_image(folder, path, image_of(file, survives));
  }

  /// For the wrapped calls: the code to fail with, or SQLITE_OK.
  int check(Call);
  void written(const std::string& path, std::int64_t offset, const void* data, int size);
  void truncated(const std::string& path, std::int64_t size);
  void synced(const std::string& path);
  void removed(const std::string& path);

  static constexpr std::int64_t kSector = 512;

 private:
  /// A write of at most a sector, or, without data, a change of the file's length.
  struct Change {
    std::int64_t offset;
    std::string data;
    bool truncation;
  };
  struct File {
    std::string synced;
    std::vector<Change> pending;
  };

  template <typename Survives>
  static std::string image_of(const File& file, Survives& survives) {
    std::string image = file.synced;
    for (const Change& change : file.pending)
      if (survives()) apply(change, image);
    return image;
  }
  static void apply(const Change&, std::string& image);
  static void write_image(const std::filesystem::path& folder, const std::string& path,
                          const std::string& image);

  std::map<std::string, File> files_;
  Fault fault_;
  std::int64_t left_ = -1;  ///< calls until the fault; negative: none
  bool failed_ = false;
  bool keeps_images_ = false;
};

}  // namespace sosw
