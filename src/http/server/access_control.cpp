#include "http/server/access_control.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace sosw::web {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// "[::1]:80" and "localhost.:80" without port, brackets and last dot; empty when it is invalid.
std::string name_of(std::string_view host) {
  const bool in_brackets = host.starts_with('[');
  const std::size_t end = in_brackets ? host.find(']') : std::min(host.find(':'), host.size());
  if (end == std::string_view::npos) return "";
  std::string_view port = host.substr(in_brackets ? end + 1 : end);
  if (!port.empty() && (port[0] != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos))
    return "";
  host = in_brackets ? host.substr(1, end - 1) : host.substr(0, end);
  if (host.ends_with('.')) host.remove_suffix(1);
  return lower(host);
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

std::array<unsigned char, SHA256_DIGEST_LENGTH> digest(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> out{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data());
  return out;
}

bool only_reads(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

/// Whether the requesting page was served under the same name and port as its request.
bool is_own_origin(std::string_view origin, std::string_view host) {
  const std::size_t scheme_end = origin.find("://");
  return scheme_end != std::string_view::npos && lower(origin.substr(scheme_end + 3)) == lower(host);
}

}  // namespace

AccessControl::AccessControl(const Access& access)
    : token_(access.token), proofs_(access.proofs), pages_(access.pages) {
  hosts_.emplace_back("localhost");
  for (const std::string& host : access.hosts) hosts_.push_back(name_of(host));
}

AccessControl::Decision AccessControl::check(const Request& request) const {
  const auto is_host = [](const auto& header) { return header.first == "host"; };
  if (std::ranges::count_if(request.headers, is_host) > 1) return {400, "more than one Host header"};
  const std::string_view host = request.header("host");
  if (host.empty()) return {400, "a request needs a Host header"};
  if (!host_is_known(host))
    return {403, fmt::format("'{}' is no name of this server; ask by its address or as localhost, or have it "
                             "started with the option --host {}",
                             host, name_of(host))};
  if (const std::string fault = fault_of_page(request); !fault.empty()) return {403, fault};
  const auto is_authorization = [](const auto& header) { return header.first == "authorization"; };
  if (std::ranges::count_if(request.headers, is_authorization) > 1)
    return {400, "more than one Authorization header"};
  if (token_.empty() || knows_token(request.header("authorization"))) return {};
  if (std::ranges::any_of(proofs_,
                          [&](const auto& authenticator) { return authenticator->has_credentials(request); }))
    return {.needs_authentication = true};
  return {401, "this server needs the header 'Authorization: Bearer <token>' with its token"};
}

std::optional<Answer> AccessControl::rejection(const Request& request) const {
  std::optional<Answer> rejection;
  for (const auto& authenticator : proofs_) {
    if (!authenticator->has_credentials(request)) continue;
    rejection = authenticator->rejection(request);
    if (!rejection) return std::nullopt;
  }
  return rejection;
}

/// Why a page's request is refused; empty when it is allowed, or not from a page. Browsers keep what another
/// site's page reads from it.
std::string AccessControl::fault_of_page(const Request& request) const {
  const auto is_of_browser = [](const auto& header) {
    return header.first == "origin" || header.first.starts_with("sec-fetch-");
  };
  if (!pages_)
    return std::ranges::any_of(request.headers, is_of_browser) ? "this is for programs, not for pages" : "";
  if (only_reads(request.method)) return "";
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && !is_own_origin(origin, request.header("host")))
    return fmt::format("pages of '{}' may not change anything here", origin);
  const std::string_view site = request.header("sec-fetch-site");
  return site == "cross-site" || site == "same-site" ? "pages of other sites may not change anything here"
                                                     : "";
}

/// A page can make its own name resolve to us, but not an address: so addresses need no list.
bool AccessControl::host_is_known(std::string_view host) const {
  const std::string name = name_of(host);
  return is_address(name) || std::ranges::find(hosts_, name) != hosts_.end();
}

/// Takes constant time, whatever is wrong with the token.
bool AccessControl::knows_token(std::string_view authorization) const {
  constexpr std::string_view kScheme = "bearer ";
  if (lower(authorization.substr(0, kScheme.size())) != kScheme) return false;
  const auto given = digest(authorization.substr(kScheme.size()));
  const auto own = digest(token_);
  return CRYPTO_memcmp(given.data(), own.data(), own.size()) == 0;
}

}  // namespace sosw::web
