#include "health/http_json_metric.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "health/metric_details.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kKeys = {"source", "url", "path", "headers"};

/// One segment of a path: a key of an object, an index of a list. Null when it does not exist.
const json* step_into(const json& whole, const std::string& name) {
  if (whole.is_object()) {
    const auto found = whole.find(name);
    return found == whole.end() ? nullptr : &*found;
  }
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), position);
  const bool is_position = error == std::errc() && end == name.data() + name.size();
  return whole.is_array() && is_position && position < whole.size() ? &whole[position] : nullptr;
}

/// null in the document is no data; any other value that is not a number is an error.
std::optional<double> number_at(const json& document, std::string_view path) {
  const json* found = &document;
  for (std::string_view rest = path; found && !rest.empty();) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    found = step_into(*found, std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!found) throw UselessAnswer(fmt::format("its answer has nothing at '{}'", path));
  if (found->is_null()) return std::nullopt;
  if (!found->is_number())
    throw UselessAnswer(path.empty() ? "its answer is no number; give the `path` to one in it"
                                     : fmt::format("what its answer has at '{}' is no number", path));
  return found->get<double>();
}

}  // namespace

bool HttpJsonMetric::accepts(const std::string& details) const {
  const json parsed = details_for("http", details, kKeys);
  if (!parsed.is_null()) require_text(parsed, "path", false);
  return !parsed.is_null();
}

std::vector<MetricSource::Reading> HttpJsonMetric::read(std::span<const std::string> details) {
  std::vector<HttpRequest> wanted;
  std::vector<std::string> paths;
  for (const std::string& one : details) {
    const json parsed = parse_json<json>(one);
    wanted.push_back({parsed.at("url"), headers_of(parsed), ""});
    paths.push_back(parsed.value("path", ""));
  }
  return read_all(wanted, [&paths](const HttpAnswer& answer, std::size_t i) {
    return number_at(json_of(answer), paths[i]);
  });
}

}  // namespace sosw
