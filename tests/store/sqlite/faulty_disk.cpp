#include "store/sqlite/faulty_disk.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <new>

namespace sosw {
namespace {

constexpr auto kName = "faulty";

FaultyDisk* disk = nullptr;    // the one that exists
sqlite3_vfs* plain = nullptr;  // SQLite's own
sqlite3_vfs faulty_vfs;

/// What SQLite sees as its file; the plain file follows it in memory.
struct OpenFile {
  sqlite3_file base;
  sqlite3_file* real;
  const char* path;  // stays valid while the file is open
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return of(file).real; }

int x_close(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }

int x_read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  if (const int code = disk->check(FaultyDisk::Call::read)) return code;
  return real(file)->pMethods->xRead(real(file), data, size, offset);
}

int x_write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (const int code = disk->check(FaultyDisk::Call::write)) return code;
  disk->written(of(file).path, offset, data, size);
  return real(file)->pMethods->xWrite(real(file), data, size, offset);
}

int x_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = disk->check(FaultyDisk::Call::truncate)) return code;
  disk->truncated(of(file).path, size);
  return real(file)->pMethods->xTruncate(real(file), size);
}

/// The real disk need not sync: only this process looks.
int x_sync(sqlite3_file* file, int) {
  if (const int code = disk->check(FaultyDisk::Call::sync)) return code;
  disk->synced(of(file).path);
  return SQLITE_OK;
}

int x_file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}

int x_lock(sqlite3_file* file, int level) {
  if (const int code = disk->check(FaultyDisk::Call::lock)) return code;
  return real(file)->pMethods->xLock(real(file), level);
}

int x_unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }

int x_check_reserved_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}

int x_file_control(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}

int x_sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }

int x_device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int x_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  if (const int code = disk->check(FaultyDisk::Call::memory)) return code;
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}

int x_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_LOCK) != 0)
    if (const int code = disk->check(FaultyDisk::Call::lock)) return code;
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

void x_shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }

int x_shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

/// Version 2: shared memory, no memory-mapped reads, which would pass by the fault.
const sqlite3_io_methods kMethods = {2,
                                     x_close,
                                     x_read,
                                     x_write,
                                     x_truncate,
                                     x_sync,
                                     x_file_size,
                                     x_lock,
                                     x_unlock,
                                     x_check_reserved_lock,
                                     x_file_control,
                                     x_sector_size,
                                     x_device_characteristics,
                                     x_shm_map,
                                     x_shm_lock,
                                     x_shm_barrier,
                                     x_shm_unmap,
                                     nullptr,
                                     nullptr};

int x_open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  OpenFile& open = *new (file) OpenFile{};
  open.real = reinterpret_cast<sqlite3_file*>(&open + 1);
  open.path = path ? path : "";
  if (const int code = disk->check(FaultyDisk::Call::open)) return code;
  const int code = plain->xOpen(plain, path, open.real, flags, out_flags);
  if (open.real->pMethods) open.base.pMethods = &kMethods;
  return code;
}

int x_delete(sqlite3_vfs*, const char* path, int sync) {
  if (const int code = disk->check(FaultyDisk::Call::remove)) return code;
  const int code = plain->xDelete(plain, path, sync);
  if (code == SQLITE_OK) disk->removed(path);
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  plain = sqlite3_vfs_find(nullptr);
  faulty_vfs = *plain;  // all that is not replaced works on the plain one's own data
  faulty_vfs.zName = kName;
  faulty_vfs.szOsFile = static_cast<int>(sizeof(OpenFile)) + plain->szOsFile;
  faulty_vfs.pNext = nullptr;
  faulty_vfs.xOpen = x_open;
  faulty_vfs.xDelete = x_delete;
  disk = this;
  sqlite3_vfs_register(&faulty_vfs, 1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&faulty_vfs);
  sqlite3_vfs_register(plain, 1);
  disk = nullptr;
}

void FaultyDisk::fail(const Fault& fault, std::int64_t number) {
  fault_ = fault;
  left_ = number;
  failed_ = false;
}

void FaultyDisk::cut_power(std::int64_t number) {
  keeps_images_ = true;
  fail({.call = std::nullopt, .code = SQLITE_IOERR, .for_good = true}, number);
}

int FaultyDisk::check(Call call) {
  const bool changes =
      call == Call::remove || call == Call::write || call == Call::sync || call == Call::truncate;
  if (left_ < 0 || !(fault_.call ? *fault_.call == call : changes)) return SQLITE_OK;
  if (left_-- > 0) return SQLITE_OK;
  failed_ = true;
  if (fault_.for_good) left_ = 0;
  return fault_.code;
}

void FaultyDisk::written(const std::string& path, std::int64_t offset, const void* data, int size) {
  if (!keeps_images_) return;
  const auto* bytes = static_cast<const char*>(data);
  for (std::int64_t done = 0; done < size;) {
    const std::int64_t at = offset + done;
    const std::int64_t length = std::min(size - done, kSector - at % kSector);
    files_[path].pending.push_back({at, std::string(bytes + done, static_cast<std::size_t>(length)), false});
    done += length;
  }
}

void FaultyDisk::truncated(const std::string& path, std::int64_t size) {
  if (keeps_images_) files_[path].pending.push_back({size, "", true});
}

void FaultyDisk::synced(const std::string& path) {
  File& file = files_[path];
  for (const Change& change : file.pending) apply(change, file.synced);
  file.pending.clear();
}

void FaultyDisk::removed(const std::string& path) { files_.erase(path); }

void FaultyDisk::apply(const Change& change, std::string& image) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.truncation) return image.resize(offset);
  if (image.size() < offset + change.data.size()) image.resize(offset + change.data.size());
  std::memcpy(image.data() + offset, change.data.data(), change.data.size());
}

void FaultyDisk::write_image(const std::filesystem::path& folder, const std::string& path,
                             const std::string& image) {
  std::ofstream(folder / std::filesystem::path(path).filename(), std::ios::binary) << image;
}

}  // namespace sosw
