#include "http/loopback_server.h"

#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sosw {
namespace {

constexpr int kLookPeriodMs = 20;  // for the wish to stop

int listen_on_loopback(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || listen(listener, 128) != 0 ||
      getsockname(listener, generic, &size) != 0)
    throw std::runtime_error("no server on loopback");
  port = ntohs(address.sin_port);
  return listener;
}

std::size_t body_size_of(const std::string& head) {
  const std::string name = "Content-Length: ";
  const std::size_t at = head.find(name);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

LoopbackServer::Request receive(int connection) {
  std::string bytes;
  for (char buffer[16384];;) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end != std::string::npos && bytes.size() >= end + 4 + body_size_of(bytes.substr(0, end)))
      return {bytes.substr(0, end), bytes.substr(end + 4)};
    const ssize_t count = recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) return {bytes, ""};
    bytes.append(buffer, static_cast<std::size_t>(count));
  }
}

void send_all(int connection, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

std::string LoopbackServer::Request::target() const {
  const std::size_t begin = head.find(' ') + 1;
  return head.substr(begin, head.find(' ', begin) - begin);
}

LoopbackServer::LoopbackServer(Handler handler)
    : handler_(std::move(handler)), listener_(listen_on_loopback(port_)), thread_([this] { serve(); }) {}

LoopbackServer::~LoopbackServer() {
  stopping_ = true;
  thread_.join();
  for (const int connection : silent_) close(connection);
  close(listener_);
}

std::string LoopbackServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<LoopbackServer::Request> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void LoopbackServer::serve() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kLookPeriodMs) <= 0) continue;
    if (const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); connection >= 0)
      answer(connection);
  }
}

void LoopbackServer::answer(int connection) {
  const Request request = receive(connection);
  const std::string answer = handler_(request);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  if (answer.empty()) {
    silent_.push_back(connection);
    return;
  }
  send_all(connection, answer);
  shutdown(connection, SHUT_RDWR);
  close(connection);
}

std::string http_answer(int status, const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Said So\r\n" + more_headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

std::string url_of_nobody() {
  int port = 0;
  close(listen_on_loopback(port));
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace sosw
