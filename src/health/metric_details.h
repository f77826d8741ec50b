#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sosw/ports/metric_source.h"

#include "http/client/requests.h"

namespace sosw {

inline constexpr Seconds kMetricTimeout = 5;

/// Why an answer gives no reading, in words that follow the URL.
struct UselessAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The details as JSON when their `source` is this one, else null. Throws InvalidConfig, without a place, for
/// a key that is not among the known, a `url` that is none, and `headers` that can't be sent.
nlohmann::json details_for(std::string_view source, const std::string& details,
                           std::span<const std::string_view> known_keys);

/// Throws InvalidConfig when the key is there and holds no text, or is not there and must be.
void require_text(const nlohmann::json& details, const std::string& key, bool must_be);

HttpHeaders headers_of(const nlohmann::json& details);

/// The body as JSON. Throws UselessAnswer for an answer with a problem too.
nlohmann::json json_of(const HttpAnswer&);

/// Asks each request once, however many of the readings want it, and hands each answer to `reading_of`, which
/// may throw UselessAnswer.
std::vector<MetricSource::Reading> read_all(
    std::span<const HttpRequest>,
    const std::function<std::optional<double>(const HttpAnswer&, std::size_t)>& reading_of);

}  // namespace sosw
