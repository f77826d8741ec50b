#include "http/server/request_parser.h"

#include <algorithm>
#include <cctype>

namespace sosw::web {

void RequestParser::on_request_impl(Verb, Text method, Text target, int version, Code&) {
  request.method.assign(method.data(), method.size());
  request.target.assign(target.data(), target.size());
  old_version = version < 11;
}

void RequestParser::on_field_impl(Field, Text name, Text value, Code&) {
  if (is_header_done()) return;  // a trailer after the last chunk: unused
  auto& header = request.headers.emplace_back(std::string(name), std::string(value));
  std::ranges::transform(header.first, header.first.begin(), [](unsigned char c) { return std::tolower(c); });
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) {
  constexpr std::uint64_t kBelieved = 1 << 20;  // limits the memory for a merely declared size
  if (length) request.body.reserve(std::min(*length, kBelieved));
}

std::size_t RequestParser::on_body_impl(Text bytes, Code&) {
  request.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text bytes, Code& error) {
  return on_body_impl(bytes, error);
}

}  // namespace sosw::web
