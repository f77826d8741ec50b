#include "health/prometheus_metric.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "health/metric_details.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kPrometheusKeys = {"source", "url", "query", "headers"};

/// A sample is [time, "value"]; "NaN", "+Inf" and "-Inf" are values too.
std::optional<double> value_of(const json& sample) {
  const bool is_sample = sample.is_array() && sample.size() == 2 && sample[1].is_string();
  const std::string text = is_sample ? sample[1].get<std::string>() : "";
  const char* begin = text.data() + (text == "+Inf" ? 1 : 0);
  const char* end = text.data() + text.size();
  double value = 0;
  if (const auto parsed = std::from_chars(begin, end, value); parsed.ec != std::errc() || parsed.ptr != end)
    throw UselessAnswer("the query gives no number");
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::optional<double> value_of_vector(const json& vector) {
  if (vector.empty()) return std::nullopt;
  if (vector.size() > 1)
    throw UselessAnswer(
        fmt::format("the query gives {} samples; make one of them, such as with avg(...)", vector.size()));
  return value_of(vector[0].is_object() ? vector[0].value("value", json()) : json());
}

/// Prometheus reports errors of a query in the body, with a status such as 400.
void throw_refusal(const HttpAnswer& answer) {
  constexpr std::size_t longest = 300;
  const json refusal = json_or_discarded<json>(answer.body);
  if (refusal.is_object() && refusal.value("status", json()) == "error")
    throw UselessAnswer("refuses the query: " +
                        refusal.value("error", json()).dump(-1, ' ', true).substr(0, longest));
}

std::optional<double> value_in(const HttpAnswer& answer) {
  throw_refusal(answer);
  const json document = json_of(answer);
  const json data = document.is_object() ? document.value("data", json()) : json();
  const json type = data.is_object() ? data.value("resultType", json()) : json();
  const json result = data.is_object() ? data.value("result", json()) : json();
  if (type == "scalar") return value_of(result);
  if (type == "vector" && result.is_array()) return value_of_vector(result);
  if (type == "matrix" || type == "string")
    throw UselessAnswer(fmt::format("the query gives a {}; it must give a scalar or a vector of one sample",
                                    type.get<std::string>()));
  throw UselessAnswer("does not answer as Prometheus does");
}

}  // namespace

bool PrometheusMetric::accepts(const std::string& details) const {
  const json parsed = details_for("prometheus", details, kPrometheusKeys);
  if (!parsed.is_null()) require_text(parsed, "query", true);
  return !parsed.is_null();
}

std::vector<MetricSource::Reading> PrometheusMetric::read(std::span<const std::string> details) {
  std::vector<HttpRequest> wanted;
  for (const std::string& one : details) {
    const json parsed = parse_json<json>(one);
    wanted.push_back({extended_url(parsed.at("url"), "/api/v1/query", "query", parsed.at("query")),
                      headers_of(parsed), ""});
  }
  return read_all(wanted, [](const HttpAnswer& answer, std::size_t) { return value_in(answer); });
}

}  // namespace sosw
