#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"

#include "admin/admin_service.h"
#include "api/live_events.h"
#include "http/server/handler.h"

namespace sosw {

class AdminThread;

/// Everything that operators read and do, as JSON over HTTP under /api/v1 (docs/api.md,
/// src/api/openapi.json). The admin service runs on its own thread; up to 128 requests wait for it, further
/// ones are answered 503. Lists of tasks, which may be large, and slow requests (cancelling a job, retrying
/// all dead tasks) have one such thread each, with its own admin service and queue. An error is {"error":
/// {"code", "message"}}.
class JsonApi final : public web::Handler {
 public:
  struct Parts {
    std::function<std::unique_ptr<AdminService>()>
        open_admin_service;  ///< called on each admin service's thread, at its first use
    LiveEvents& events;
    std::function<std::string()> activity;  ///< the answer to GET activity
    Clock& clock;
    std::function<void()> changed = [] {
    };  ///< called on an admin service's thread after an operator's action
  };
  explicit JsonApi(Parts);
  ~JsonApi() override;  ///< waits for the current call of each admin service

  static bool serves(const web::Request&);  ///< whether it is under /api/v1

  void handle(web::Request, web::Reply) override;
  std::uint64_t body_limit(const web::Request&) const override;
  web::Answer refusal(const web::Request&, int status, std::string_view message) override;

  /// Must be called every kLookPeriod on one thread: feeds the event stream. What takes long to compute is
  /// sent less often, so that it uses only a share of the machine.
  static constexpr Seconds kLookPeriod = 0.5;
  void look();

  /// "GET /api/v1/tasks/{id}" for each route.
  static std::vector<std::string> routes();

 private:
  void watch(const web::Request&, const web::Reply&);

  Parts parts_;
  int looks_ = 0;
  std::atomic<bool> is_looking_ = false;
  std::atomic<MonotonicTime> next_look_ = MonotonicTime();
  std::unique_ptr<AdminThread> quick_, large_, slow_;  ///< last: they use the others
};

}  // namespace sosw
