#include "http/server/answer_head.h"

#include <algorithm>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace sosw::web {
namespace {

/// Prevents values that would start a header of their own.
void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  head += "\r\n";
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string answer_head(const Answer& answer, const Framing& framing) {
  const boost::beast::string_view reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(answer.status)));
  std::string head;
  head.reserve(256);
  head.append(framing.old_version ? "HTTP/1.0 " : "HTTP/1.1 ")
      .append(std::to_string(answer.status))
      .append(" ");
  head.append(reason.data(), reason.size()).append("\r\n");
  if (framing.chunked || !answer.body.empty()) append_header(head, "Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) append_header(head, name, value);
  if (framing.chunked) {
    if (!framing.old_version) head += "Transfer-Encoding: chunked\r\n";
  } else if (may_have_body(answer.status)) {
    head.append("Content-Length: ").append(std::to_string(answer.body.size())).append("\r\n");
  }
  if (!framing.keep_alive)
    head += "Connection: close\r\n";
  else if (framing.old_version)
    head += "Connection: keep-alive\r\n";
  return head += "\r\n";
}

}  // namespace sosw::web
