#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "runners/process/descriptor.h"

namespace sosw {

/// Reads from a pipe, piece by piece, on the thread of an io_context.
class PipeReader {
 public:
  using Take = std::function<void(std::string_view)>;

  PipeReader(boost::asio::io_context& io, Take take) : pipe_(io), take_(std::move(take)) {}

  /// Creates the pipe; returns the end to write into. Throws std::system_error when no more files can be
  /// opened.
  Descriptor open();

  /// Passes on what is read, until the end of the pipe or close(). `owner` keeps this object alive.
  void start(std::shared_ptr<void> owner);

  /// Passes on what is in the pipe now, and closes it.
  void drain();

  /// Passes on what is in the pipe now.
  void read_now();

  void close();

 private:
  bool read_some();

  boost::asio::posix::stream_descriptor pipe_;
  Take take_;
};

}  // namespace sosw
