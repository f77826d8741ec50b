// Whatever a client sends is a request or is refused, the same however it is cut in pieces; and no answer
// that quotes it has a header of the client's making.

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

#include "http/server/access_control.h"
#include "http/server/answer_head.h"
#include "http/server/request_parser.h"
#include "http/server/target.h"

namespace {

using namespace sosw::web;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::uint32_t kHeaderBytes = 4096;
constexpr std::uint64_t kBodyBytes = 1024;

/// The first request of the bytes, which arrive with a pause after each `piece`.
std::optional<Request> read_request(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kHeaderBytes);
  parser.body_limit(kBodyBytes);
  parser.eager(true);
  std::string unread;
  while (!parser.is_done()) {
    if (bytes.empty()) return std::nullopt;
    unread += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    RequestParser::Code error;
    unread.erase(0, parser.put(boost::asio::buffer(unread), error));
    if (error && error != boost::beast::http::error::need_more) return std::nullopt;
  }
  return std::move(parser.request);
}

void look_at(Request& request) {
  static const AccessControl open_access{Access{}};
  static const AccessControl access_control{Access{.token = "secret", .hosts = {"sosw.example"}}};
  require(request.body.size() <= kBodyBytes);
  if (!read_target(request)) return;
  open_access.check(request);
  const bool has_token = request.header("authorization").find("secret") != std::string_view::npos;
  require(has_token || access_control.check(request).status != 0);
  const std::string head = answer_head(error_answer(404, request.target), {});
  require(head.find("\r\n\r\n") == head.size() - 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto whole = read_request(bytes, bytes.size() + 1);
  const auto in_pieces = read_request(bytes, data[0] % 64 + 1);
  require(whole.has_value() == in_pieces.has_value());
  if (!whole) return 0;
  require(whole->target == in_pieces->target && whole->headers == in_pieces->headers &&
          whole->body == in_pieces->body);
  look_at(*whole);
  return 0;
}
