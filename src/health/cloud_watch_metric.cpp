#include "health/cloud_watch_metric.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "aws/core/access.h"
#include "text/known_keys.h"
#include "text/parse_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;
using Points = std::vector<Datapoint>;

constexpr std::array<std::string_view, 9> kKeys = {
    "source", "Namespace",  "MetricName", "Name",
    "Period", "Statistics", "Dimensions", "MetricAggregationTimeSlice",
    "Unit"};
constexpr std::array<std::string_view, 5> kStatistics = {"Average", "Maximum", "Minimum", "Sum",
                                                         "SampleCount"};
constexpr int kMostSeconds = 100'000'000;

std::string text_of(const json& details, const char* key) {
  const auto found = details.find(key);
  if (found == details.end()) return "";
  if (!found->is_string() || found->get_ref<const std::string&>().empty())
    throw InvalidConfig(key, "must be text");
  return *found;
}

int seconds_of(const json& details, const char* key, int otherwise) {
  const auto found = details.find(key);
  if (found == details.end()) return otherwise;
  const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
  int seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, seconds);
  if (problem != std::errc() || stop != end || seconds < 1 || seconds > kMostSeconds)
    throw InvalidConfig(key, "must be a whole number of seconds such as 300");
  return seconds;
}

std::map<std::string, std::string> dimensions_of(const json& details) {
  std::map<std::string, std::string> dimensions;
  const json list = details.value("Dimensions", json::array());
  const auto is_text = [](const json& entry, const char* key) {
    return entry.is_object() && entry.contains(key) && entry[key].is_string();
  };
  if (!list.is_array()) throw InvalidConfig("Dimensions", R"(must be a list of {"Name": .., "Value": ..})");
  for (const json& entry : list) {
    if (!is_text(entry, "Name") || !is_text(entry, "Value") || entry.size() != 2)
      throw InvalidConfig("Dimensions", R"(each must be {"Name": text, "Value": text})");
    if (!dimensions.emplace(entry["Name"], entry["Value"]).second)
      throw InvalidConfig("Dimensions", fmt::format("'{}' is there twice", entry["Name"].get<std::string>()));
  }
  return dimensions;
}

std::string statistic_of(const json& details) {
  json list = details.value("Statistics", json{"Average"});
  if (list.is_string()) list = json::array({list});
  if (!list.is_array() || list.size() != 1 || !list[0].is_string() ||
      std::ranges::find(kStatistics, list[0].get<std::string>()) == kStatistics.end())
    throw InvalidConfig("Statistics",
                        fmt::format("must be a list of one of {}", fmt::join(kStatistics, ", ")));
  return list[0];
}

/// The parsed details; nullopt when they are not for CloudWatch. Throws InvalidConfig.
std::optional<MetricQuery> query_of(const std::string& text, Time now) {
  const json details = parse_json<json>(text);
  const json source = details.value("source", json());
  if (source.is_null() ? !details.contains("Namespace") : source != "cloudwatch") return std::nullopt;
  for (const auto& [key, value] : details.items()) require_known_key(key, "", kKeys);
  if (details.contains("Name") && details.contains("MetricName"))
    throw InvalidConfig("Name", "is another word for MetricName; give one of them");
  MetricQuery query{.name_space = text_of(details, "Namespace"),
                    .metric = text_of(details, details.contains("Name") ? "Name" : "MetricName"),
                    .dimensions = dimensions_of(details),
                    .period = seconds_of(details, "Period", 60),
                    .statistic = statistic_of(details),
                    .unit = text_of(details, "Unit"),
                    .to = now};
  if (query.name_space.empty()) throw InvalidConfig("Namespace", "is missing");
  if (query.metric.empty()) throw InvalidConfig("MetricName", "is missing");
  constexpr std::array short_periods = {1, 5, 10, 20, 30};
  if (query.period % 60 != 0 && std::ranges::find(short_periods, query.period) == short_periods.end())
    throw InvalidConfig("Period", "must be a multiple of 60, or 1, 5, 10, 20 or 30 seconds");
  query.from = now - seconds_of(details, "MetricAggregationTimeSlice", 300);
  return query;
}

std::optional<double> reduced(const Points& points, const std::string& statistic) {
  if (points.empty()) return std::nullopt;
  const auto smaller = [](const Datapoint& a, const Datapoint& b) { return a.value < b.value; };
  if (statistic == "Maximum") return std::ranges::max_element(points, smaller)->value;
  if (statistic == "Minimum") return std::ranges::min_element(points, smaller)->value;
  const double sum =
      std::accumulate(points.begin(), points.end(), 0.0,
                      [](double total, const Datapoint& point) { return total + point.value; });
  return statistic == "Average" ? sum / static_cast<double>(points.size()) : sum;
}

}  // namespace

bool CloudWatchMetric::understands(const std::string& details) { return query_of(details, {}).has_value(); }

std::vector<MetricSource::Reading> CloudWatchMetric::read(std::span<const std::string> details) {
  const Time now = clock_.now();
  std::vector<MetricQuery> queries;
  for (const std::string& one : details) queries.push_back(query_of(one, now).value());
  std::vector<Reading> readings(queries.size());
  const auto set_problem = [&](std::size_t i, const char* problem) {
    readings[i] = {std::nullopt,
                   fmt::format("CloudWatch, {} {}: {}", queries[i].name_space, queries[i].metric, problem)};
  };
  try {
    const auto results = ask(queries);
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (results[i].error)
        set_problem(i, results[i].error->what());
      else
        readings[i].value = reduced(*results[i].value, queries[i].statistic);
    }
  } catch (const std::exception& error) {
    for (std::size_t i = 0; i < queries.size(); ++i) set_problem(i, error.what());
  }
  return readings;
}

std::vector<Result<Points>> CloudWatchMetric::ask(std::span<const MetricQuery> queries) {
  if (data_is_forbidden_) return watch_.statistics(queries);
  std::vector<Result<Points>> results(queries.size());
  std::map<Time, std::vector<std::size_t>> by_start;  // one request has one time range
  for (std::size_t i = 0; i < queries.size(); ++i) by_start[queries[i].from].push_back(i);
  try {
    for (const auto& [from, indexes] : by_start) {
      std::vector<MetricQuery> alike;
      for (const std::size_t i : indexes) alike.push_back(queries[i]);
      std::vector<Points> data = watch_.data(alike, from, alike.front().to);
      for (std::size_t k = 0; k < indexes.size(); ++k) results[indexes[k]].value = std::move(data[k]);
    }
    return results;
  } catch (const AwsError& error) {
    if (error.retryable) throw;
    data_is_forbidden_ = is_forbidden(error) || error.code == "InvalidAction";
    if (data_is_forbidden_)
      spdlog::info("metrics are asked for one by one, because GetMetricData is not permitted");
    return watch_.statistics(queries);
  }
}

}  // namespace sosw::aws
