#include "aws/clients/cloud_watch.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/core/query_protocol.h"
#include "text/iso_time.h"

namespace sosw::aws {
namespace {

// Of the service's protocols, the one that old and new emulators support.
constexpr const char* kVersion = "2010-08-01";
constexpr std::size_t kQueriesAtOnce = 500;

void add_metric(QueryForm& form, const std::string& prefix, const MetricQuery& query) {
  form.add(prefix + "Namespace", query.name_space);
  form.add(prefix + "MetricName", query.metric);
  int number = 0;
  for (const auto& [name, value] : query.dimensions) {
    const std::string dimension = fmt::format("{}Dimensions.member.{}.", prefix, ++number);
    form.add(dimension + "Name", name);
    form.add(dimension + "Value", value);
  }
}

QueryForm statistics_form(const MetricQuery& query) {
  QueryForm form("GetMetricStatistics", kVersion);
  add_metric(form, "", query);
  form.add("StartTime", format_instant(query.from));
  form.add("EndTime", format_instant(query.to));
  form.add("Period", std::to_string(query.period));
  form.add("Statistics.member.1", query.statistic);
  form.add_unless_empty("Unit", query.unit);
  return form;
}

QueryForm data_form(std::span<const MetricQuery> queries, Time from, Time to, const std::string& next_token) {
  QueryForm form("GetMetricData", kVersion);
  form.add("StartTime", format_instant(from));
  form.add("EndTime", format_instant(to));
  form.add("ScanBy", "TimestampAscending");
  form.add_unless_empty("NextToken", next_token);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string prefix = fmt::format("MetricDataQueries.member.{}.", i + 1);
    form.add(prefix + "Id", fmt::format("q{}", i));
    add_metric(form, prefix + "MetricStat.Metric.", queries[i]);
    form.add(prefix + "MetricStat.Period", std::to_string(queries[i].period));
    form.add(prefix + "MetricStat.Stat", queries[i].statistic);
    form.add_unless_empty(prefix + "MetricStat.Unit", queries[i].unit);
  }
  return form;
}

void sort(std::vector<Datapoint>& points) {
  std::sort(points.begin(), points.end(),
            [](const Datapoint& a, const Datapoint& b) { return a.time < b.time; });
}

std::vector<Datapoint> datapoints(const Xml& result, const std::string& statistic) {
  std::vector<Datapoint> points;
  for (const Xml* entry : members_at(result, "Datapoints")) {
    const auto time = parse_instant(text_at(*entry, "Timestamp"));
    const auto value = entry->get_optional<double>(statistic);
    if (time && value) points.push_back({*time, *value});
  }
  sort(points);
  return points;
}

/// One <member> of <MetricDataResults>: times and values beside each other.
std::vector<Datapoint> series(const Xml& entry) {
  std::vector<Datapoint> points;
  for (const Xml* text : members_at(entry, "Timestamps"))
    points.push_back({parse_instant(text->data()).value_or(Time()), 0});
  std::size_t next = 0;
  for (const Xml* value : members_at(entry, "Values"))
    if (next < points.size()) points[next++].value = value->get_value<double>();
  points.resize(next);
  return points;
}

}  // namespace

CloudWatch::CloudWatch(Session& session) : CloudWatch(session.caller(kCloudWatch)) {}

std::vector<Result<std::vector<Datapoint>>> CloudWatch::statistics(std::span<const MetricQuery> queries) {
  std::vector<Call> calls;
  calls.reserve(queries.size());
  for (const MetricQuery& query : queries) calls.push_back(statistics_form(query).call());
  std::vector<Result<std::vector<Datapoint>>> results(queries.size());
  std::vector<Reply> replies = caller_.send(calls);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    results[i].error = std::move(replies[i].error);
    if (results[i].error) continue;
    try {
      results[i].value =
          datapoints(query_result(caller_, "GetMetricStatistics", replies[i].answer), queries[i].statistic);
    } catch (const AwsError& error) {
      results[i].error = error;
    }
  }
  return results;
}

std::vector<std::vector<Datapoint>> CloudWatch::data(std::span<const MetricQuery> queries, Time from,
                                                     Time to) {
  std::vector<std::vector<Datapoint>> all(queries.size());
  for (std::size_t first = 0; first < queries.size(); first += kQueriesAtOnce) {
    const auto part = queries.subspan(first, std::min(kQueriesAtOnce, queries.size() - first));
    std::string next_token;
    do {
      const Xml result = send_query(caller_, "GetMetricData", data_form(part, from, to, next_token));
      for (const Xml* entry : members_at(result, "MetricDataResults")) {
        std::size_t index = part.size();
        const std::string id = text_at(*entry, "Id");
        std::from_chars(id.data() + std::min<std::size_t>(1, id.size()), id.data() + id.size(), index);
        if (index >= part.size()) continue;
        const auto points = series(*entry);
        all[first + index].insert(all[first + index].end(), points.begin(), points.end());
      }
      next_token = text_at(result, "NextToken");
    } while (!next_token.empty());
  }
  for (auto& points : all) sort(points);
  return all;
}

}  // namespace sosw::aws
