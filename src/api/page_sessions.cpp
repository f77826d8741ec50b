#include "api/page_sessions.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api/api_answers.h"

namespace sosw {
namespace {

constexpr char kBeforeMac = '.';

/// Browsers send a cookie to every port of a host.
std::string cookie_name(const web::Request& request) {
  const std::string_view host = request.header("host");
  const std::size_t colon = host.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? "" : host.substr(colon + 1);
  const bool is_port = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
  return fmt::format("sosw_session_{}", is_port ? port : "default");
}

std::string_view cookie_of(const web::Request& request) {
  const std::string wanted = cookie_name(request) + '=';
  std::string_view cookies = request.header("cookie");
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view cookie = cookies.substr(0, end);
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    if (cookie.starts_with(wanted)) return cookie.substr(wanted.size());
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
  return "";
}

bool is_own_page(const web::Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return site.empty() || site == "same-origin" || site == "none";
}

/// Behind a proxy that terminates TLS, the page's own address shows it.
std::string attributes(const web::Request& request, std::int64_t seconds) {
  return fmt::format("; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", seconds,
                     request.header("origin").starts_with("https:") ? "; Secure" : "");
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool PageSessions::has_credentials(const web::Request& request) const {
  return is_own_page(request) && !cookie_of(request).empty();
}

std::optional<web::Answer> PageSessions::rejection(const web::Request& request) const {
  const std::string_view cookie = cookie_of(request);
  const std::string_view until = cookie.substr(0, cookie.find(kBeforeMac));
  std::int64_t time = 0;
  const auto read = std::from_chars(until.data(), until.data() + until.size(), time);
  const bool is_ours = until.size() < cookie.size() && read.ptr == until.data() + until.size() &&
                       same(cookie.substr(until.size() + 1), mac_of(until));
  if (is_ours && Time(static_cast<Seconds>(time)) > clock_.now()) return std::nullopt;
  return api_error(401, "you are not signed in any more; sign in again with the token of this server");
}

bool PageSessions::knows(std::string_view token) const { return same(mac_of(token), mac_of(token_)); }

std::string PageSessions::begin(const web::Request& request) const {
  const std::string until = std::to_string(whole_unix_seconds(clock_.now() + kLength));
  return fmt::format("{}={}{}{}{}", cookie_name(request), until, kBeforeMac, mac_of(until),
                     attributes(request, std::llround(kLength)));
}

std::string PageSessions::end(const web::Request& request) const {
  return cookie_name(request) + '=' + attributes(request, 0);
}

std::string PageSessions::mac_of(std::string_view until) const {
  const std::string text = fmt::format("sosw page session until {}", until);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), token_.data(), static_cast<int>(token_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}

}  // namespace sosw
