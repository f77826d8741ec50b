#include "worker/http_connection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sosw {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

std::size_t number(std::string_view text, int base) {
  std::size_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value, base).ec != std::errc())
    fail("a length of the answer is no number");
  return value;
}

std::pair<std::string, std::string> header_of(const std::string& line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) fail("a header of the answer has no colon");
  std::string name = line.substr(0, colon);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::size_t value = line.find_first_not_of(" \t", colon + 1);
  return {std::move(name), value == std::string::npos ? "" : line.substr(value)};
}

}  // namespace

std::string HttpReception::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string() : found->second;
}

void HttpConnection::open() {
  const std::size_t colon = address_.rfind(':');
  if (colon == std::string::npos) fail("the address " + address_ + " has no port");
  const addrinfo hints{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (getaddrinfo(address_.substr(0, colon).c_str(), address_.substr(colon + 1).c_str(), &hints, &found) != 0)
    fail("there is no address " + address_);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  for (const addrinfo* to = found; to != nullptr; to = to->ai_next) {
    socket_ = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, to->ai_protocol);
    if (socket_ >= 0 && connect(socket_, to->ai_addr, to->ai_addrlen) == 0) break;
    close();
  }
  if (socket_ < 0) fail("no connection to " + address_ + ": " + std::strerror(errno));
  const int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

void HttpConnection::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  unread_.clear();
}

void HttpConnection::send(std::string_view requests) {
  if (socket_ < 0) open();
  while (!requests.empty()) {
    const ssize_t sent = ::send(socket_, requests.data(), requests.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      close();
      fail("the connection to " + address_ + " is broken");
    }
    requests.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpConnection::read_more() {
  std::array<char, 16384> piece;
  const ssize_t count = recv(socket_, piece.data(), piece.size(), 0);
  if (count < 0 && errno == EINTR) return;
  if (count <= 0) {
    close();
    fail(address_ + " closed the connection");
  }
  unread_.append(piece.data(), static_cast<std::size_t>(count));
}

std::string HttpConnection::line() {
  for (std::size_t seen = 0;;) {
    const std::size_t end = unread_.find('\n', seen);
    if (end == std::string::npos) {
      seen = unread_.size();
      read_more();
      continue;
    }
    std::string text = unread_.substr(0, end > 0 && unread_[end - 1] == '\r' ? end - 1 : end);
    unread_.erase(0, end + 1);
    return text;
  }
}

std::string HttpConnection::bytes(std::size_t count) {
  while (unread_.size() < count) read_more();
  std::string text = unread_.substr(0, count);
  unread_.erase(0, count);
  return text;
}

std::string HttpConnection::chunks() {
  std::string body;
  while (const std::size_t size = number(line(), 16)) {
    body += bytes(size);
    line();
  }
  while (!line().empty()) {
  }
  return body;
}

HttpReception HttpConnection::receive() {
  HttpReception reception;
  try {
    const std::string status = line();
    if (!status.starts_with("HTTP/1.")) fail(address_ + " does not speak HTTP/1.1");
    reception.status = static_cast<int>(
        number(std::string_view(status).substr(std::min<std::size_t>(9, status.size())), 10));
    for (std::string text = line(); !text.empty(); text = line())
      reception.headers.push_back(header_of(text));
    if (reception.header("transfer-encoding") == "chunked")
      reception.body = chunks();
    else if (const std::string length = reception.header("content-length"); !length.empty())
      reception.body = bytes(number(length, 10));
  } catch (const std::exception&) {
    close();
    throw;
  }
  if (reception.header("connection") == "close") close();
  return reception;
}

}  // namespace sosw
