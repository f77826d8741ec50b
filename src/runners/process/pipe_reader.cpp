#include "runners/process/pipe_reader.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace sosw {
namespace {

constexpr std::size_t kPiece = std::size_t{64} * 1024;
constexpr int kMostPieces = 64;  // of a last read: more than a pipe holds, unless another writes

}  // namespace

Descriptor PipeReader::open() {
  close();
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  Descriptor out(ends[0]), in(ends[1]);
  fcntl(out.number(), F_SETFL, O_NONBLOCK);
  boost::system::error_code error;
  pipe_.assign(out.number(), error);
  if (error) throw std::system_error(error.value(), std::generic_category());
  out.release();
  return in;
}

void PipeReader::start(std::shared_ptr<void> owner) {
  pipe_.async_wait(pipe_.wait_read, [this, owner = std::move(owner)](const boost::system::error_code& error) {
    if (!error && pipe_.is_open() && read_some()) start(owner);
  });
}

void PipeReader::read_now() {
  if (pipe_.is_open()) read_some();
}

void PipeReader::drain() {
  for (int i = 0; i < kMostPieces && pipe_.is_open() && read_some(); ++i) {
  }
  close();
}

void PipeReader::close() {
  boost::system::error_code ignored;
  pipe_.close(ignored);
}

/// Returns whether more may come.
bool PipeReader::read_some() {
  thread_local std::array<char, kPiece> piece;
  const ssize_t size = ::read(pipe_.native_handle(), piece.data(), piece.size());
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size > 0) take_({piece.data(), static_cast<std::size_t>(size)});
  return size > 0;
}

}  // namespace sosw
