#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sosw::aws {

/// A TCP server on a free loopback port whose behaviour on each connection is a function of the test.
class LoopbackServer {
 public:
  class Connection {
   public:
    explicit Connection(int descriptor) : descriptor_(descriptor) {}
    /// One whole HTTP request; nothing when the client closed.
    std::optional<std::string> read_request();
    void write(const std::string&);
    void answer(const std::string& body, const std::string& status = "200 OK");
    /// Until the client closes.
    void wait_for_end();

   private:
    bool receive();
    int descriptor_;
    std::string received_;
  };
  using Behaviour = std::function<void(Connection&)>;

  explicit LoopbackServer(Behaviour);
  ~LoopbackServer();  ///< ends all connections first

  std::string url(const std::string& path = "/") const;
  int port() const { return port_; }

 private:
  void serve(int descriptor);

  Behaviour behaviour_;
  int listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sosw::aws
