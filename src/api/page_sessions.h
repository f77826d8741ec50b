#pragma once

#include <string>
#include <string_view>

#include "sosw/ports/clock.h"

#include "http/server/authenticator.h"

namespace sosw {

/// Admits pages of users who signed in with the server's token. The cookie holds its expiry and a MAC of that
/// keyed with the token, so it survives the engine, and becomes invalid when the token changes. It is
/// accepted only from this server's own pages (Sec-Fetch-Site); each port has its own cookie.
class PageSessions final : public web::Authenticator {
 public:
  static constexpr Seconds kLength = 7 * 86400;

  PageSessions(std::string token, Clock& clock) : token_(std::move(token)), clock_(clock) {}

  bool has_credentials(const web::Request&) const override;
  std::optional<web::Answer> rejection(const web::Request&) const override;

  /// Takes constant time, whatever is wrong with the token.
  bool knows(std::string_view token) const;

  // Values of Set-Cookie.
  std::string begin(const web::Request&) const;
  std::string end(const web::Request&) const;

 private:
  std::string mac_of(std::string_view until) const;

  std::string token_;
  Clock& clock_;
};

}  // namespace sosw
