#include "http/server/message.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace sosw::web {
namespace {

const std::string* find(const Pairs& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &Pairs::value_type::first);
  return found == pairs.end() ? nullptr : &found->second;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(c));
    else
      out += c;
  }
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const std::string* value = find(headers, name);
  return value ? std::string_view(*value) : std::string_view();
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  const std::string* value = find(query, name);
  return value ? std::optional<std::string_view>(*value) : std::nullopt;
}

Answer error_answer(int status, std::string_view message) {
  std::string body = fmt::format(R"({{"status":{},"message":")", status);
  append_escaped(body, message);
  return {.status = status, .body = body + "\"}\n"};
}

std::string server_sent_event(std::string_view data, std::string_view name, std::string_view id) {
  std::string event;
  if (!id.empty()) event += fmt::format("id: {}\n", id);
  if (!name.empty()) event += fmt::format("event: {}\n", name);
  for (std::size_t start = 0; start <= data.size();) {
    const std::size_t end = std::min(data.find('\n', start), data.size());
    event += fmt::format("data: {}\n", data.substr(start, end - start));
    start = end + 1;
  }
  return event + "\n";
}

}  // namespace sosw::web
