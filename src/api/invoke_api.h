#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "sosw/ports/clock.h"
#include "sosw/ports/random.h"

#include "api/named_functions.h"
#include "http/server/handler.h"

namespace sosw {

/// The part of AWS Lambda's REST API (2015-03-31) that calls functions: Invoke (RequestResponse, Event,
/// DryRun), GetFunction, GetFunctionConfiguration, ListFunctions. Any AWS client uses it when
/// AWS_ENDPOINT_URL_LAMBDA points here; the server decides who may call (SigV4Authenticator).
///
/// A client repeats a call that takes longer than its own timeout, with the same amz-sdk-invocation-id: the
/// repeat gets the answer of the first call, and the function runs once. The newest thousand calls are
/// remembered, up to 64 MiB of results. A call that waits for a slot is dropped when its clients disconnect.
///
/// An Event is not retried when it fails, and one for a labourer is kept only in memory. One for an essential
/// is answered when it is done: a 202 of the scheduler means that the job survives a crash.
///
/// Must be created by std::make_shared: it lives until its last call has ended.
class InvokeApi final : public web::Handler, public std::enable_shared_from_this<InvokeApi> {
 public:
  InvokeApi(NamedFunctions&, Random&, Clock&);  ///< the Random is used on the server's thread alone

  void handle(web::Request, web::Reply) override;
  std::uint64_t body_limit(const web::Request&) const override;
  web::Answer refusal(const web::Request&, int status, std::string_view message) override;

 private:
  /// A call, for as long as it may be repeated.
  struct Call {
    std::string request_id;
    std::string sdk_id;  ///< empty: can't be repeated
    bool is_event = false;
    bool wants_log = false;
    std::optional<web::Answer> answer;  ///< once it has ended
    std::vector<web::Reply> waiting;
    int listeners = 1;  ///< clients that are still connected
  };

  void invoke(const FunctionDescription&, web::Request, const web::Reply&);
  std::shared_ptr<Call> call_of(const std::string& sdk_id, const web::Reply&, bool& is_new);
  void leave(Call&, const std::string& name);
  void end(Call&, const CallResult&);
  void forget_the_oldest();
  void forget(const std::string& sdk_id);
  std::optional<web::Answer> answer_at_once(const web::Request&) const;
  void send(const web::Reply&, web::Answer);
  const FunctionDescription* find(const std::string& name) const;
  web::Answer list(const web::Request&) const;

  NamedFunctions& functions_;
  Random& random_;
  Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Call>> calls_;  ///< by the client's id
  std::deque<std::string> order_;                                 ///< of those ids, oldest first
  std::size_t remembered_bytes_ = 0;                              ///< of their answers
};

}  // namespace sosw
