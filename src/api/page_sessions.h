#pragma once

#include <string>
#include <string_view>

#include "sosw/ports/clock.h"

#include "http/server/authenticator.h"

namespace sosw {

/// Lets in the pages of whoever signed in with the server's token. The cookie holds until when it counts and
/// a MAC of that under the token, so that it outlives the engine, and ends when the token is another one. It
/// is taken only from pages of this very server (Sec-Fetch-Site), and another port has another cookie.
class PageSessions final : public web::Authenticator {
 public:
  static constexpr Seconds kLength = 7 * 86400;

  PageSessions(std::string token, Clock& clock) : token_(std::move(token)), clock_(clock) {}

  bool has_credentials(const web::Request&) const override;
  std::optional<web::Answer> rejection(const web::Request&) const override;

  /// Takes the same time whatever is wrong with the token.
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
