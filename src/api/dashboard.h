#pragma once

#include <memory>
#include <string>

#include "api/page_sessions.h"
#include "http/server/handler.h"

namespace sosw {

/// The pages for people at / and below, which ask the JSON API for everything that they show, and
///
///     POST /login    {"token": "..."}: 204 with a session's cookie, or 401
/// POST /logout   204, and the cookie is deleted
///
/// The files hold no secret and are served to everyone who may call this server at all.
class Dashboard final : public web::Handler {
 public:
  enum class Mode { on, read_only };

  /// `sessions`: null where no token is required.
  Dashboard(Mode, std::shared_ptr<const PageSessions> sessions);

  static bool serves(const web::Request&);

  void handle(web::Request, web::Reply) override;
  bool is_for_everybody(const web::Request&) const override { return true; }
  std::uint64_t body_limit(const web::Request&) const override { return 4096; }

  /// Why a page's request is refused because the pages are read-only; nullopt when it is not.
  std::optional<web::Answer> rejection(const web::Request&) const;

 private:
  web::Answer sign_in(const web::Request&) const;

  Mode mode_;
  std::shared_ptr<const PageSessions> sessions_;
  std::string index_;
  std::string index_tag_;
};

}  // namespace sosw
