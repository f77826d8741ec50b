#include "sosw/aws/sigv4.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <ctime>
#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <strings.h>

#include "aws/digest.h"
#include "aws/url.h"

namespace sosw::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Headers that are added, changed or dropped on the way.
bool is_unsigned(const std::string& name) {
  constexpr std::array<std::string_view, 11> kept_out = {
      "authorization", "connection", "expect",          "keep-alive",    "te", "trailer", "transfer-encoding",
      "upgrade",       "user-agent", "x-amzn-trace-id", "content-length"};
  return name.starts_with("proxy-") || std::find(kept_out.begin(), kept_out.end(), name) != kept_out.end();
}

/// Trimmed, with one blank for each run of white space.
std::string squeezed(std::string_view value) {
  std::string result;
  bool blank = false;
  for (const char c : value) {
    if (std::isspace(static_cast<unsigned char>(c))) {
      blank = !result.empty();
      continue;
    }
    if (blank) result += ' ';
    blank = false;
    result += c;
  }
  return result;
}

std::string canonical_host(const UrlParts& url) {
  const std::string_view usual_port = url.scheme == "https" ? ":443" : ":80";
  std::string_view host = url.authority;
  if (host.ends_with(usual_port)) host.remove_suffix(usual_port.size());
  return lower(host);
}

/// Without "." and "..", and with one slash where there are several.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  const bool ends_in_slash = path.ends_with('/');
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment == ".." && !segments.empty()) segments.pop_back();
    if (!segment.empty() && segment != "." && segment != "..") segments.push_back(segment);
  }
  std::string result;
  for (const std::string_view segment : segments) (result += '/') += segment;
  if (segments.empty() || ends_in_slash) result += '/';
  return result;
}

/// S3 keys are signed as they are sent; everywhere else the path is tidied and encoded a second time.
std::string canonical_path(std::string_view path, const std::string& service) {
  if (path.empty()) return "/";
  if (service == "s3") return std::string(path);
  return percent_encode(without_dot_segments(path), "/");
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (parameter.empty()) continue;
    parameters.emplace_back(
        percent_encode(percent_decode(parameter.substr(0, equals))),
        percent_encode(percent_decode(parameter.substr(std::min(equals + 1, parameter.size())))));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string result;
  for (const auto& [name, value] : parameters) {
    if (!result.empty()) result += '&';
    result.append(name).append("=").append(value);
  }
  return result;
}

/// Lower-case names in their order, each once.
std::vector<std::pair<std::string, std::string>> headers_to_sign(const HttpRequest& request,
                                                                 const UrlParts& url) {
  std::vector<std::pair<std::string, std::string>> headers;
  headers.reserve(request.headers.size() + 1);
  for (const Header& header : request.headers)
    if (std::string name = lower(header.name); !is_unsigned(name))
      headers.emplace_back(std::move(name), squeezed(header.value));
  if (!find_header(request.headers, "host")) headers.emplace_back("host", canonical_host(url));
  const auto name_of = [](const auto& header) -> const std::string& { return header.first; };
  std::ranges::stable_sort(headers, {}, name_of);
  for (std::size_t i = 1; i < headers.size();) {
    if (headers[i].first != headers[i - 1].first) {
      ++i;
      continue;
    }
    headers[i - 1].second.append(",").append(headers[i].second);
    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return headers;
}

void replace_header(Headers& headers, const char* name, std::string value) {
  std::erase_if(headers, [&](const Header& header) { return strcasecmp(header.name.c_str(), name) == 0; });
  if (!value.empty()) headers.push_back({name, std::move(value)});
}

const std::string& signing_key(SigningKey& known, const Credentials& credentials, const std::string& date,
                               const SigningScope& scope, const std::string& scope_text) {
  if (known.scope == scope_text && known.secret == credentials.secret_access_key) return known.key;
  std::string key = hmac_sha256("AWS4" + credentials.secret_access_key, date);
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  known = {credentials.secret_access_key, scope_text, hmac_sha256(key, "aws4_request")};
  return known.key;
}

}  // namespace

HttpRequest sign(HttpRequest request, const Credentials& credentials, const SigningScope& scope, Time now) {
  SigningKey key;
  return sign(std::move(request), credentials, scope, now, key);
}

HttpRequest sign(HttpRequest request, const Credentials& credentials, const SigningScope& scope, Time now,
                 SigningKey& key) {
  const std::string instant =
      fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(std::floor(now))));
  const std::string date = instant.substr(0, 8);
  replace_header(request.headers, "Authorization", "");
  replace_header(request.headers, "X-Amz-Date", instant);
  replace_header(request.headers, "X-Amz-Security-Token", credentials.session_token);
  const std::string* given_hash = find_header(request.headers, "x-amz-content-sha256");
  const std::string body_hash = given_hash ? *given_hash : sha256_hex(request.body);
  if (!given_hash && scope.service == "s3") request.headers.push_back({"X-Amz-Content-SHA256", body_hash});

  const UrlParts url = split_url(request.url);
  std::string header_lines;
  std::string header_names;
  for (const auto& [name, value] : headers_to_sign(request, url)) {
    header_lines.append(name).append(":").append(value).append("\n");
    header_names.append(header_names.empty() ? "" : ";").append(name);
  }
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(url.path, scope.service),
                  canonical_query(url.query), header_lines, header_names, body_hash);
  const std::string scope_text = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, instant, scope_text, sha256_hex(canonical));
  const std::string signature =
      to_hex(hmac_sha256(signing_key(key, credentials, date, scope, scope_text), to_sign));
  request.headers.push_back(
      {"Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                    credentials.access_key_id, scope_text, header_names, signature)});
  return request;
}

}  // namespace sosw::aws
