#include "http/server/target.h"

#include <algorithm>
#include <charconv>

namespace sosw::web {
namespace {

/// nullopt when a % is not followed by two hex digits.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), byte, 16);
    if (digits.size() < 2 || error != std::errc() || end != digits.end()) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

/// Calls `use` with each part between the separators; stops when it returns false.
template <class Use>
bool for_each_part(std::string_view text, char separator, Use use) {
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    if (!use(text.substr(start, end - start))) return false;
    start = end + 1;
  }
  return true;
}

bool read_query(std::string_view text, Pairs& query) {
  return for_each_part(text, '&', [&](std::string_view part) {
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = decoded(part.substr(0, equals), true);
    auto value = decoded(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value) return false;
    query.emplace_back(std::move(*name), std::move(*value));
    return true;
  });
}

}  // namespace

bool read_target(Request& request) {
  const std::string_view target = request.target;
  if (!target.starts_with('/')) return false;
  const std::size_t question = std::min(target.find('?'), target.size());
  const bool path_is_fine = for_each_part(target.substr(1, question - 1), '/', [&](std::string_view part) {
    auto segment = decoded(part, false);
    if (segment) request.path.push_back(std::move(*segment));
    return segment.has_value();
  });
  return path_is_fine && read_query(target.substr(std::min(question + 1, target.size())), request.query);
}

}  // namespace sosw::web
