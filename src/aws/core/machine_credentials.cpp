// Credentials provided by the machine: a container's endpoint, an instance's metadata service.

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "aws/core/credential_sources.h"
#include "text/url.h"

namespace sosw::aws {
namespace {

constexpr Seconds kContainerTimeout = 2;
constexpr int kContainerAttempts = 3;

HttpAnswer send(const CredentialContext& here, const HttpRequest& request, int attempts) {
  HttpAnswer answer;
  for (int i = 0; i < attempts; ++i) {
    answer = std::move(here.machine.http.send({&request, 1}).front());
    if (answer.kind == HttpAnswer::Kind::answered && answer.status < 500) break;
  }
  return answer;
}

bool is_ok(const HttpAnswer& answer) {
  return answer.kind == HttpAnswer::Kind::answered && answer.status == 200;
}

std::string problem_of(const HttpAnswer& answer, const std::string& url) {
  if (answer.kind == HttpAnswer::Kind::answered)
    return fmt::format("{} answered HTTP {}", url, answer.status);
  return fmt::format("{}: {}", url, answer.problem);
}

/// A token must not be sent unencrypted to an arbitrary host.
bool is_trusted(const UrlParts& url) {
  constexpr std::array<std::string_view, 4> hosts = {"localhost", "169.254.170.2", "169.254.170.23",
                                                     "fd00:ec2::23"};
  const std::string_view host = host_of(url.authority);
  return url.scheme == "https" || host == "::1" ||
         std::find(hosts.begin(), hosts.end(), host) != hosts.end() ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

/// From the token file, read each time because it changes, else from the variable.
std::string container_token(const Environment& environment) {
  if (const auto file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    std::ifstream stream(*file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  return environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
}

int number(const Environment& environment, const char* name, int otherwise) {
  const std::string text = environment.get(name).value_or("");
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::max(1, value);
}

}  // namespace

CredentialLookup from_container(const CredentialContext& here) {
  const auto relative = here.environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = here.environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative && !full)
    return {.failure = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set"};
  const std::string url = relative ? "http://169.254.170.2" + *relative : *full;
  if (!is_trusted(split_url(url)))
    return {
        .failure = fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http to this machine or "
                               "to the container's own address, not {}",
                               split_url(url).authority),
        .configured = true};
  HttpRequest request{.method = "GET",
                      .url = url,
                      .headers = {{"Accept", "application/json"}},
                      .timeout = kContainerTimeout,
                      .connect_timeout = kContainerTimeout,
                      .direct = true};
  if (const std::string token = container_token(here.environment); !token.empty()) {
    if (token.find_first_of("\r\n") != std::string::npos)
      return {.failure = "the container's authorization token has a line break", .configured = true};
    request.headers.push_back({"Authorization", token});
  }
  const HttpAnswer answer = send(here, request, kContainerAttempts);
  if (!is_ok(answer)) return {.failure = problem_of(answer, url), .configured = true};
  return read_credentials_document(answer.body, url);
}

std::optional<std::string> read_metadata(const CredentialContext& here, const std::string& path,
                                         std::string& failure) {
  if (here.environment.is_true("AWS_EC2_METADATA_DISABLED")) {
    failure = "switched off by AWS_EC2_METADATA_DISABLED";
    return std::nullopt;
  }
  std::string endpoint =
      here.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const Seconds timeout = number(here.environment, "AWS_METADATA_SERVICE_TIMEOUT", 1);
  const int attempts = number(here.environment, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1);
  HttpRequest request{.method = "PUT",
                      .url = endpoint + "/latest/api/token",
                      .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}},
                      .timeout = timeout,
                      .connect_timeout = timeout,
                      .direct = true};
  const HttpAnswer token = send(here, request, attempts);
  if (!is_ok(token)) {
    failure = problem_of(token, request.url);
    return std::nullopt;
  }
  request.method = "GET";
  request.url = endpoint + "/latest/" + path;
  request.headers = {{"X-aws-ec2-metadata-token", token.body}};
  HttpAnswer answer = send(here, request, attempts);
  if (is_ok(answer)) return std::move(answer.body);
  failure = problem_of(answer, request.url);
  return std::nullopt;
}

CredentialLookup from_instance_metadata(const CredentialContext& here) {
  const std::string folder = "meta-data/iam/security-credentials/";
  CredentialLookup attempt;
  const auto roles = read_metadata(here, folder, attempt.failure);
  if (!roles) return attempt;
  const std::string role = roles->substr(0, roles->find_first_of("\r\n"));
  const auto document = read_metadata(here, folder + percent_encode(role), attempt.failure);
  if (document) return read_credentials_document(*document, "the instance's metadata");
  attempt.configured = true;
  return attempt;
}

}  // namespace sosw::aws
