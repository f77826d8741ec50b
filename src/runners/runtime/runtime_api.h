#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sosw/ports/clock.h"

#include "http/server/handler.h"
#include "runners/runtime/runtime_work.h"

namespace sosw {

/// The Lambda Runtime API (version 2018-06-01) for one worker process: started -> next -> waiting -> working
/// -> answered -> next. Belongs to the thread of its server.
class RuntimeApi final : public web::Handler {
 public:
  struct Events {
    std::function<void()> asked;            ///< it waits for work; give() may be called
    std::function<void()> answering;        ///< the answer has begun and is not complete yet
    std::function<void(Outcome)> answered;  ///< the work has ended
    std::function<void(const std::string& reason, const std::string& error)> init_failed;  ///< see Outcome
  };
  RuntimeApi(Clock&, Events);

  enum class State { started, waiting, working, answered, closed };
  State state() const { return state_; }

  void give(RuntimeWork);  ///< only while waiting
  const std::optional<RuntimeWork>& work() const { return work_; }

  /// Accepts no more answers. Returns the work that has none.
  std::optional<RuntimeWork> close();

  void handle(web::Request, web::Reply) override;
  std::uint64_t body_limit(const web::Request&) const override;
  web::Answer refusal(const web::Request&, int status, std::string_view message) override;

 private:
  void next(const web::Reply&);
  void end_work(const std::string& request_id, const web::Request&, const web::Reply&);
  void fail_init(const web::Request&, const web::Reply&);
  void send_work(const web::Reply&) const;
  RuntimeWork finished();

  Clock& clock_;
  Events events_;
  State state_ = State::started;
  std::optional<web::Reply> waiting_;  ///< for the next event
  std::uint64_t polls_ = 0;
  std::optional<RuntimeWork> work_;
};

}  // namespace sosw
