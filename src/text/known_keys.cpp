#include "text/known_keys.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "text/mistakes.h"

namespace sosw {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j)
      diagonal =
          std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
  }
  return row.back();
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known,
                              std::size_t most_changes) {
  constexpr std::size_t longest = 100;  // no misspelt key is that long
  std::string_view nearest;
  std::size_t least = most_changes + 1;
  for (const std::string_view candidate : known)
    if (const std::size_t distance = word.size() > longest ? least : edit_distance(word, candidate);
        distance < least) {
      least = distance;
      nearest = candidate;
    }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  // A typing error changes a letter or two, more only in long words, and never most of a word.
  const std::size_t most = std::min(std::max<std::size_t>(2, word.size() / 3), (word.size() + 1) / 2);
  const std::string_view nearest = nearest_word(word, known, most);
  return nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest);
}

void require_known_key(std::string_view key, std::string_view where,
                       std::span<const std::string_view> known) {
  if (std::ranges::find(known, key) != known.end()) return;
  const std::string hint = did_you_mean(key, known);
  throw InvalidConfig(
      where.empty() ? std::string(key) : fmt::format("{}.{}", where, key),
      "unknown key" + (hint.empty() ? fmt::format("; known are {}", fmt::join(known, ", ")) : hint));
}

void require_known_keys(const Json& object, std::string_view where, std::span<const std::string_view> known,
                        std::span<const std::string_view> also_known) {
  std::vector<std::string_view> all(known.begin(), known.end());
  all.insert(all.end(), also_known.begin(), also_known.end());
  Mistakes mistakes;
  for (const auto& entry : object.items()) mistakes.read([&] { require_known_key(entry.key(), where, all); });
  mistakes.throw_if_any();
}

}  // namespace sosw
