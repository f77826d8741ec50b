#include "health/metric_details.h"

#include <algorithm>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "text/known_keys.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

bool is_same(const HttpRequest& a, const HttpRequest& b) { return a.url == b.url && a.headers == b.headers; }

bool is_header_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != ':' && c != ';';
  });
}

bool is_header_text(const nlohmann::json& text) {
  return text.is_string() &&
         text.get_ref<const std::string&>().find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

void require_headers(const nlohmann::json& details) {
  const auto headers = details.find("headers");
  if (headers == details.end()) return;
  if (!headers->is_object()) throw InvalidConfig("headers", "must be an object of name: text");
  for (const auto& [name, text] : headers->items())
    if (!is_header_name(name) || !is_header_text(text))
      throw InvalidConfig("headers." + name, "must be a header's name and its text, in one line");
}

}  // namespace

nlohmann::json details_for(std::string_view source, const std::string& details,
                           std::span<const std::string_view> known_keys) {
  nlohmann::json parsed = parse_json<nlohmann::json>(details);
  if (parsed.value("source", nlohmann::json()) != source) return nullptr;
  for (const auto& [key, value] : parsed.items()) require_known_key(key, "", known_keys);
  require_text(parsed, "url", true);
  if (!is_http_url(parsed.at("url")))
    throw InvalidConfig("url", "must be an http or https URL such as http://127.0.0.1:9090");
  require_headers(parsed);
  return parsed;
}

void require_text(const nlohmann::json& details, const std::string& key, bool must_be) {
  const auto found = details.find(key);
  if (found == details.end() && must_be) throw InvalidConfig(key, "is missing");
  if (found != details.end() && !found->is_string()) throw InvalidConfig(key, "must be text");
}

HttpHeaders headers_of(const nlohmann::json& details) { return details.value("headers", HttpHeaders()); }

nlohmann::json json_of(const HttpAnswer& answer) {
  if (!answer.problem.empty()) throw UselessAnswer(answer.problem);
  try {
    return parse_json<nlohmann::json>(answer.body);
  } catch (const InvalidJson& error) {
    throw UselessAnswer(fmt::format("its answer {}", error.what()));
  }
}

std::vector<MetricSource::Reading> read_all(
    std::span<const HttpRequest> wanted,
    const std::function<std::optional<double>(const HttpAnswer&, std::size_t)>& reading_of) {
  std::vector<HttpRequest> requests;
  std::vector<std::size_t> asked_as;  // for each wanted one, its index in the requests
  for (const HttpRequest& one : wanted) {
    const auto same = std::ranges::find_if(requests, [&](const auto& other) { return is_same(one, other); });
    asked_as.push_back(static_cast<std::size_t>(same - requests.begin()));
    if (same == requests.end()) requests.push_back(one);
  }
  const std::vector<HttpAnswer> answers = send_requests(requests, kMetricTimeout);

  std::vector<MetricSource::Reading> readings;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const HttpAnswer& answer = answers[asked_as[i]];
    try {
      readings.push_back({reading_of(answer, i), ""});
    } catch (const UselessAnswer& error) {
      readings.push_back({std::nullopt, fmt::format("{}: {}", public_url(wanted[i].url), error.what())});
    }
  }
  return readings;
}

}  // namespace sosw
