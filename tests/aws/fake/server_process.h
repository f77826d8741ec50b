#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace sosw::aws {

/// A server as a child process that prints its port when it is ready and ends when its standard input does:
/// with this object, or with this process in whatever way.
class ServerProcess {
 public:
  /// Throws when it does not start.
  explicit ServerProcess(std::vector<std::string> command);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int port_ = 0;
  int input_ = -1;
  pid_t process_ = 0;
};

}  // namespace sosw::aws
