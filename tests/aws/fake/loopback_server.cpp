#include "aws/fake/loopback_server.h"

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sosw::aws {
namespace {

std::size_t content_length(const std::string& head) {
  const auto found = head.find("Content-Length:");
  return found == std::string::npos ? 0 : std::strtoul(head.c_str() + found + 15, nullptr, 10);
}

}  // namespace

bool LoopbackServer::Connection::receive() {
  std::array<char, 65536> buffer{};
  const ssize_t size = recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<std::string> LoopbackServer::Connection::read_request() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) return std::nullopt;
  const std::size_t size = end + 4 + content_length(received_.substr(0, end));
  while (received_.size() < size)
    if (!receive()) return std::nullopt;
  std::string request = received_.substr(0, size);
  received_.erase(0, size);
  return request;
}

void LoopbackServer::Connection::write(const std::string& text) {
  send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
}

void LoopbackServer::Connection::answer(const std::string& body, const std::string& status) {
  write("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void LoopbackServer::Connection::wait_for_end() {
  while (receive()) {
  }
}

LoopbackServer::LoopbackServer(Behaviour behaviour)
    : behaviour_(std::move(behaviour)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 256) != 0)
    throw std::runtime_error("no loopback port");
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] {
    for (int descriptor = 0; (descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      const std::lock_guard lock(mutex_);
      open_.push_back(descriptor);
      threads_.emplace_back([this, descriptor] { serve(descriptor); });
    }
  });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int descriptor : open_) shutdown(descriptor, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int descriptor : open_) close(descriptor);
}

void LoopbackServer::serve(int descriptor) {
  Connection connection(descriptor);
  behaviour_(connection);
  shutdown(descriptor, SHUT_RDWR);
}

std::string LoopbackServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

}  // namespace sosw::aws
