#include "aws/core/sigv4.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <ctime>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <strings.h>

#include "aws/core/digest.h"
#include "text/url.h"

namespace sosw::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kScopeEnd = "aws4_request";
constexpr std::size_t kDateLength = 8;
constexpr std::size_t kInstantLength = 16;

std::string instant_of(Time time) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(whole_unix_seconds(time)));
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Headers that are added, changed or removed in transit.
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

/// S3 keys are signed as sent; for other services the path is normalized and encoded a second time.
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

/// Lower-case names and trimmed values, in the order of the names, each name once.
using SignedHeaders = std::vector<std::pair<std::string, std::string>>;

SignedHeaders headers_to_sign(const HttpRequest& request, const UrlParts& url) {
  SignedHeaders headers;
  headers.reserve(request.headers.size() + 1);
  for (const Header& header : request.headers)
    if (std::string name = lower(header.name); !is_unsigned(name))
      headers.emplace_back(std::move(name), squeezed(header.value));
  if (!find_header(request.headers, "host")) headers.emplace_back("host", canonical_host(url));
  std::ranges::stable_sort(headers, {}, &SignedHeaders::value_type::first);
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

std::string names_of(const SignedHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names.append(names.empty() ? "" : ";").append(name);
  return names;
}

void replace_header(Headers& headers, const char* name, std::string value) {
  std::erase_if(headers, [&](const Header& header) { return strcasecmp(header.name.c_str(), name) == 0; });
  if (!value.empty()) headers.push_back({name, std::move(value)});
}

/// The time and scope of a signature.
struct Occasion {
  std::string instant;  ///< 20150830T123600Z
  SigningScope scope;

  std::string date() const { return instant.substr(0, kDateLength); }
  std::string scope_text() const {
    return fmt::format("{}/{}/{}/{}", date(), scope.region, scope.service, kScopeEnd);
  }
};

const std::string& signing_key(SigningKey& known, const Credentials& credentials, const Occasion& occasion) {
  std::string scope_text = occasion.scope_text();
  if (known.scope == scope_text && known.secret == credentials.secret_access_key) return known.key;
  std::string key = hmac_sha256("AWS4" + credentials.secret_access_key, occasion.date());
  key = hmac_sha256(key, occasion.scope.region);
  key = hmac_sha256(key, occasion.scope.service);
  known = {credentials.secret_access_key, std::move(scope_text), hmac_sha256(key, kScopeEnd)};
  return known.key;
}

std::string signature_of(const HttpRequest& request, const SignedHeaders& headers,
                         const std::string& body_hash, const Credentials& credentials,
                         const Occasion& occasion, SigningKey& key) {
  const UrlParts url = split_url(request.url);
  std::string lines;
  for (const auto& [name, value] : headers) lines.append(name).append(":").append(value).append("\n");
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(url.path, occasion.scope.service),
                  canonical_query(url.query), lines, names_of(headers), body_hash);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, occasion.instant,
                                          occasion.scope_text(), sha256_hex(canonical));
  return to_hex(hmac_sha256(signing_key(key, credentials, occasion), to_sign));
}

/// The parsed Authorization header.
struct Claim {
  std::string key_id;
  std::string date;
  SigningScope scope;
  std::vector<std::string> names;  ///< of the signed headers
  std::string signature;
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// nullopt when the header has another algorithm, or lacks a part.
std::optional<Claim> claim_of(std::string_view authorization) {
  if (!authorization.starts_with(kAlgorithm)) return std::nullopt;
  std::map<std::string, std::string> parts;
  for (const std::string& part : split(authorization.substr(kAlgorithm.size()), ',')) {
    const std::string text = squeezed(part);
    const std::size_t equals = std::min(text.find('='), text.size());
    parts[text.substr(0, equals)] = text.substr(std::min(equals + 1, text.size()));
  }
  const std::vector<std::string> credential = split(parts["Credential"], '/');
  if (credential.size() != 5 || credential[4] != kScopeEnd || parts["Signature"].empty()) return std::nullopt;
  return Claim{credential[0],
               credential[1],
               {credential[2], credential[3]},
               split(parts["SignedHeaders"], ';'),
               parts["Signature"]};
}

/// The headers of those names as received.
SignedHeaders claimed_headers(const HttpRequest& request, const std::vector<std::string>& names) {
  SignedHeaders headers;
  for (const std::string& name : names) {
    bool is_first = true;
    for (const Header& header : request.headers) {
      if (lower(header.name) != name) continue;
      if (std::exchange(is_first, false))
        headers.emplace_back(name, squeezed(header.value));
      else
        headers.back().second.append(",").append(squeezed(header.value));
    }
  }
  return headers;
}

/// Everything that affects what a service does with a request must be signed.
std::string problem_of_names(const HttpRequest& request, const std::vector<std::string>& names) {
  if (std::ranges::adjacent_find(names, std::greater_equal<>()) != names.end())
    return "its SignedHeaders must be in order, each once";
  const auto is_signed = [&](const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  for (const char* needed : {"host", "x-amz-date"})
    if (!is_signed(needed)) return fmt::format("the header {} must be signed", needed);
  for (const Header& header : request.headers)
    if (const std::string name = lower(header.name); name.starts_with("x-amz-") && !is_signed(name))
      return fmt::format("the header {} is there, so it must be signed", name);
  for (const std::string& name : names)
    if (!find_header(request.headers, name))
      return fmt::format("the header {} is signed, but not there", name);
  return "";
}

/// Of 20150830T123600Z.
std::optional<Time> time_of(const std::string& instant) {
  std::tm parts{};
  const char* end = strptime(instant.c_str(), "%Y%m%dT%H%M%SZ", &parts);
  if (instant.size() != kInstantLength || !end || *end != '\0') return std::nullopt;
  return Time(static_cast<double>(timegm(&parts)));
}

/// nullopt when the request and the claim are such that the signature decides.
std::optional<SignatureFault> fault_before_signature(const HttpRequest& request, const Claim& claim,
                                                     const Credentials& credentials, Time now) {
  using Kind = SignatureFault::Kind;
  if (claim.key_id != credentials.access_key_id)
    return SignatureFault{Kind::unknown_key, fmt::format("the access key id '{}' is unknown", claim.key_id)};
  if (std::string problem = problem_of_names(request, claim.names); !problem.empty())
    return SignatureFault{Kind::malformed, std::move(problem)};
  const std::string& instant = *find_header(request.headers, "x-amz-date");
  const auto time = time_of(instant);
  if (!time || !instant.starts_with(claim.date) || claim.date.size() != kDateLength)
    return SignatureFault{
        Kind::malformed,
        fmt::format("X-Amz-Date must be such as 20150830T123600Z, of the day in Credential; got '{}'",
                    instant)};
  if (std::abs(*time - now) > kSignatureLife)
    return SignatureFault{
        Kind::clock,
        fmt::format("it was signed at {}, here it is {}: more than {} minutes off; set the clock", instant,
                    instant_of(now), kSignatureLife / 60)};
  return std::nullopt;
}

}  // namespace

HttpRequest sign(HttpRequest request, const Credentials& credentials, const SigningScope& scope, Time now) {
  SigningKey key;
  return sign(std::move(request), credentials, scope, now, key);
}

HttpRequest sign(HttpRequest request, const Credentials& credentials, const SigningScope& scope, Time now,
                 SigningKey& key) {
  const Occasion occasion{instant_of(now), scope};
  replace_header(request.headers, "Authorization", "");
  replace_header(request.headers, "X-Amz-Date", occasion.instant);
  replace_header(request.headers, "X-Amz-Security-Token", credentials.session_token);
  const std::string* given_hash = find_header(request.headers, "x-amz-content-sha256");
  const std::string body_hash = given_hash ? *given_hash : sha256_hex(request.body);
  if (!given_hash && scope.service == "s3") request.headers.push_back({"X-Amz-Content-SHA256", body_hash});

  const SignedHeaders headers = headers_to_sign(request, split_url(request.url));
  request.headers.push_back(
      {"Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                    credentials.access_key_id, occasion.scope_text(), names_of(headers),
                                    signature_of(request, headers, body_hash, credentials, occasion, key))});
  return request;
}

std::optional<SignatureFault> verify(const HttpRequest& request, const Credentials& credentials, Time now) {
  using Kind = SignatureFault::Kind;
  const auto is_authorization = [](const Header& header) { return lower(header.name) == "authorization"; };
  const std::string* authorization = find_header(request.headers, "authorization");
  const auto claim = authorization ? claim_of(*authorization) : std::nullopt;
  if (!claim || std::ranges::count_if(request.headers, is_authorization) != 1)
    return SignatureFault{
        Kind::malformed, fmt::format("there must be one header 'Authorization: {} Credential=KEY/DATE/REGION/"
                                     "SERVICE/{}, SignedHeaders=..., Signature=...'",
                                     kAlgorithm, kScopeEnd)};
  if (request.url.find('#') != std::string::npos)
    return SignatureFault{Kind::malformed, "what follows a '#' in the target can't be signed"};
  if (auto fault = fault_before_signature(request, *claim, credentials, now)) return fault;
  const std::string body_hash = sha256_hex(request.body);
  const std::string* given_hash = find_header(request.headers, "x-amz-content-sha256");
  if (given_hash && *given_hash != body_hash)
    return SignatureFault{
        Kind::body, fmt::format("x-amz-content-sha256 must be the hash of the body; got '{}'", *given_hash)};
  SigningKey key;
  const std::string expected =
      signature_of(request, claimed_headers(request, claim->names), body_hash, credentials,
                   {*find_header(request.headers, "x-amz-date"), claim->scope}, key);
  if (expected.size() != claim->signature.size() ||
      CRYPTO_memcmp(expected.data(), claim->signature.data(), expected.size()) != 0)
    return SignatureFault{Kind::mismatch,
                          "it does not match: another secret access key, or a request changed on its way"};
  return std::nullopt;
}

}  // namespace sosw::aws
