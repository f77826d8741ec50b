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

/// Why an answer gives no reading, as text that follows the URL.
struct UselessAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The details as JSON when their `source` is this one, else null. Throws InvalidConfig, with an empty
/// `where`, for an unknown key, an invalid `url`, and `headers` that can't be sent.
nlohmann::json details_for(std::string_view source, const std::string& details,
                           std::span<const std::string_view> known_keys);

/// Throws InvalidConfig when the value is not a text, or a required key is missing.
void require_text(const nlohmann::json& details, const std::string& key, bool must_be);

HttpHeaders headers_of(const nlohmann::json& details);

/// The body as JSON. Throws UselessAnswer, also for an answer with a problem.
nlohmann::json json_of(const HttpAnswer&);

/// Sends each request once, however many readings need it, and passes each answer to `reading_of`, which may
/// throw UselessAnswer.
std::vector<MetricSource::Reading> read_all(
    std::span<const HttpRequest>,
    const std::function<std::optional<double>(const HttpAnswer&, std::size_t)>& reading_of);

}  // namespace sosw
