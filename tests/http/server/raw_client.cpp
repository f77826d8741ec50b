#include "http/server/raw_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sosw::web {
namespace {

constexpr int kVeryLong = 60'000;  // ms; only a broken server lets a test wait that long

}  // namespace

RawClient::RawClient(std::uint16_t port, const char* address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, address, &to.sin_addr);
  if (socket_ < 0 || connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
    throw std::runtime_error(fmt::format("no connection to port {}", port));
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), seen_(std::move(other.seen_)) {}

RawClient::~RawClient() { close(); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::get(std::string_view path, std::string_view more_headers) {
  return send(fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, more_headers));
}

bool RawClient::post(std::string_view path, std::string_view body, std::string_view more_headers) {
  return send(fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{}\r\n{}", path,
                          body.size(), more_headers, body));
}

std::string RawClient::read_some() {
  if (!seen_.empty()) return std::exchange(seen_, {});
  pollfd readable{.fd = socket_, .events = POLLIN};
  if (poll(&readable, 1, kVeryLong) == 0) throw std::runtime_error("the server sends nothing");
  std::array<char, 65536> bytes;
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
  return count > 0 ? std::string(bytes.data(), static_cast<std::size_t>(count)) : std::string();
}

std::string RawClient::read_until(std::string_view mark) {
  std::string all;
  for (;;) {
    const std::string more = read_some();
    if (more.empty()) return all;
    all += more;
    if (const auto at = all.find(mark); at != std::string::npos) {
      seen_ = all.substr(at + mark.size());
      return all.substr(0, at + mark.size());
    }
  }
}

RawClient::Reception RawClient::receive(bool has_body) {
  Reception reception;
  const std::string head = read_until("\r\n\r\n");
  if (head.empty()) return reception;
  reception.status = std::stoi(head.substr(head.find(' ')));
  for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::size_t colon = head.find(": ", at);
    std::string name = head.substr(at, colon - at);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    reception.headers[name] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  const auto length = reception.headers.find("content-length");
  if (length == reception.headers.end() || !has_body) return reception;
  const std::size_t size = std::stoul(length->second);
  while (reception.body.size() < size) {
    const std::string more = read_some();
    if (more.empty()) throw std::runtime_error("the server closed in the middle of a body");
    reception.body += more;
  }
  seen_ = reception.body.substr(size);
  reception.body.resize(size);
  return reception;
}

bool RawClient::sees_end() { return read_some().empty(); }

void RawClient::close_sending() { shutdown(socket_, SHUT_WR); }

void RawClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void RawClient::reset() {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  close();
}

}  // namespace sosw::web
